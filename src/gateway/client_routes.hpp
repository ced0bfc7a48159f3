// GET /configs/{client}: what a client must have in its configuration to use this AgentHub.
// Functions; the gateway calls them.

#pragma once

#include <string>
#include <vector>

#include "config/listen_address.hpp"
#include "gateway/http_request.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

// 200 with the document; `?server=NAME` or `?view=NAME` chooses an endpoint instead of the one for all. 404 when there
// is no such client, server or view; 400 when both are given, or that client has no document for one of them.
HttpReply serve_client_config(const std::string& client, const HttpRequest& request,
                              const std::vector<ListenAddress>& listen, const ServerDirectory& directory);

// Where this daemon is, for who has asked: the Host of the request, as that was a way to get here. Over a Unix socket
// the first configured address that can be reached by HTTP, else that socket.
std::string url_for(const HttpRequest& request, const std::vector<ListenAddress>& listen);

}  // namespace agenthub

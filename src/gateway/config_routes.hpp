// The administrative routes that change the configuration: reload, install, remove.
// Functions over ConfigControl; AdminRoutes calls them.

#pragma once

#include <string>
#include <string_view>

#include "gateway/config_control.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// POST /admin/reload: 200 with what has changed, or 400 with every fault.
awaitable<HttpReply> serve_reload(ConfigControl& control);

// POST /servers/install: 200, 400 when there is such a server, 422 for a body that is not as it should be.
awaitable<HttpReply> serve_install(ConfigControl& control, std::string_view body);

// DELETE /servers/{name}: 200, 404, 400 while it runs.
awaitable<HttpReply> serve_remove(ConfigControl& control, std::string name);

}  // namespace agenthub

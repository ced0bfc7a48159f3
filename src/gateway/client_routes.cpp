// The documents for clients over HTTP.
// Functions; the gateway calls them.

#include "gateway/client_routes.hpp"

#include "base/own_programs.hpp"
#include "clients/client_document.hpp"
#include "gateway/endpoint_name.hpp"

namespace agenthub {
namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

// "0.0.0.0" is where to listen, but nowhere to connect to.
std::string reachable(ListenAddress address) {
    if (address.host == "0.0.0.0")
        address.host = "127.0.0.1";
    if (address.host == "::")
        address.host = "::1";
    return address.text();
}

}  // namespace

std::string url_for(const HttpRequest& request, const std::vector<ListenAddress>& listen) {
    if (!request.over_unix)
        return "http://" + std::string(request.header("Host"));
    for (const auto& address : listen)
        if (address.kind == ListenAddress::Kind::tcp && address.port != 0)
            return "http://" + reachable(address);
    for (const auto& address : listen)
        if (address.kind == ListenAddress::Kind::unix_socket)
            return address.text();
    return "http://127.0.0.1:9090";  // a socket was passed that the configuration knows nothing of
}

HttpReply serve_client_config(const std::string& client, const HttpRequest& request,
                              const std::vector<ListenAddress>& listen, const ServerDirectory& directory) {
    const auto kind = client_of(client);
    if (!kind)
        return detail_reply(404, "Client " + client + " not known; there are " + joined(client_names()));
    ClientEndpoint endpoint;
    endpoint.url = url_for(request, listen);
    endpoint.server = request.query_value("server").value_or("");
    endpoint.view = request.query_value("view").value_or("");
    endpoint.program = own_program("agenthub");
    if (!endpoint.server.empty() && !endpoint.view.empty())
        return detail_reply(400, "name a server or a view, not both");
    if (!endpoint.server.empty() && (leads_to_many(endpoint.server) || !directory.exists(endpoint.server)))
        return detail_reply(404, "Server " + endpoint.server + " not found");
    if (!endpoint.view.empty() && !directory.exists(view_endpoint(endpoint.view)))
        return detail_reply(404, "View " + endpoint.view + " not found");
    const bool is_server = *kind != ClientKind::vscode_tasks && *kind != ClientKind::raycast;
    if (is_server && endpoint.server.empty() && endpoint.view.empty() && !directory.exists(kAggregate))
        return detail_reply(404, "the endpoint for all servers is switched off (aggregate.enabled); add ?server=NAME");
    const auto document = client_document(*kind, endpoint);
    if (!document)
        return detail_reply(400, document.error().message);
    HttpReply reply;
    reply.content_type = document_type(*kind);
    reply.body = *document;
    return reply;
}

}  // namespace agenthub

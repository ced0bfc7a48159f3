// The administrative routes that change the configuration.
// Functions over ConfigControl.

#include "gateway/config_routes.hpp"

#include <utility>

#include "gateway/admin_documents.hpp"
#include "gateway/error_reply.hpp"

namespace agenthub {
namespace {

HttpReply json_reply(const Document& document, unsigned status) {
    HttpReply reply;
    reply.status = status;
    // The file may hold anything: what is not UTF-8 is replaced, not thrown.
    reply.body = document.dump(-1, ' ', false, Document::error_handler_t::replace);
    return reply;
}

HttpReply failure_reply(const Error& error) {
    unsigned status = mapping_of(error.code).http_status;
    if (error.code == errc::invalid_params)
        status = 422;
    return detail_reply(status, error.message);
}

Document list_of(const std::vector<Fault>& faults) {
    Document out = Document::array();
    for (const Fault& fault : faults) {
        Document item;
        item["path"] = fault.path;
        item["message"] = fault.message;
        out.push_back(std::move(item));
    }
    return out;
}

Document document_of(const ReloadReport& report) {
    const ConfigDifference& difference = report.difference;
    Document out;
    out["message"] = difference.empty() ? "Nothing has changed" : "Configuration reloaded";
    out["file"] = report.file;
    out["servers"]["added"] = difference.added;
    out["servers"]["removed"] = difference.removed;
    out["servers"]["changed"] = difference.changed;
    out["servers"]["updated"] = difference.updated;
    out["settings"]["applied"] = difference.applied;
    out["settings"]["next_start"] = difference.next_start;
    out["warnings"] = list_of(report.warnings);
    return out;
}

// Takes a member over; false when it is there with another type. null counts as absent.
template <class T>
bool take(const Document& body, const char* key, bool (Document::*is)() const noexcept, T& out) {
    const auto member = body.find(key);
    if (member == body.end() || member->is_null())
        return true;
    if (!((*member).*is)())
        return false;
    out = member->get<T>();
    return true;
}

Error unusable(std::string message) {
    return {errc::invalid_params, std::move(message)};
}

}  // namespace

awaitable<HttpReply> serve_reload(ConfigControl& control) {
    auto reloading = control.reload("POST /admin/reload");
    const ReloadResult result = co_await std::move(reloading);
    if (result.has_value())
        co_return json_reply(document_of(*result), 200);
    const ConfigFaults faults = result.error();
    Document out;
    out["detail"] = faults.text();
    out["faults"] = list_of(faults.faults);
    co_return json_reply(out, 400);
}

result<NewServer> read_new_server(std::string_view body) {
    const auto tree = Document::parse(body, nullptr, false);
    if (!tree.is_object())
        return unusable(R"(the body must be a JSON object as {"package": "@scope/name"})");
    NewServer server;
    if (!take(tree, "package", &Document::is_string, server.package) || server.package.empty())
        return unusable("\"package\" is required: the name of an npm package, as \"@scope/name\"");
    if (!take(tree, "name", &Document::is_string, server.name))
        return unusable("\"name\" must be a string");
    if (!take(tree, "description", &Document::is_string, server.description))
        return unusable("\"description\" must be a string");
    if (!take(tree, "auto_start", &Document::is_boolean, server.auto_start))
        return unusable("\"auto_start\" must be true or false");
    if (!is_registry_package(server.package))
        return unusable("\"package\" must be a package of the npm registry, as \"@scope/name\" or \"name@1.2.3\"");
    if (server.name.empty())
        server.name = server_name_of(server.package);
    return server;
}

awaitable<HttpReply> serve_install(ConfigControl& control, std::string_view body) {
    const auto server = read_new_server(body);
    if (!server)
        co_return failure_reply(server.error());
    auto installing = control.install(*server);
    const auto installed = co_await std::move(installing);
    if (!installed)
        co_return failure_reply(installed.error());
    Document out;
    out["message"] = "Server " + server->name + " installed";
    out["name"] = server->name;
    out["package"] = server->package;
    co_return json_reply(out, 200);
}

awaitable<HttpReply> serve_remove(ConfigControl& control, std::string name) {
    auto removing = control.remove(name);
    const auto removed = co_await std::move(removing);
    if (!removed)
        co_return failure_reply(removed.error());
    Document out;
    out["message"] = "Server " + name + " removed";
    co_return json_reply(out, 200);
}

}  // namespace agenthub

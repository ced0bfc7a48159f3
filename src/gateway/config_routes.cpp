// The administrative routes that change the configuration.
// Functions over ConfigControl.

#include "gateway/config_routes.hpp"

#include <utility>

#include "gateway/admin_documents.hpp"
#include "gateway/body_fault.hpp"
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

NewServer read_new_server(BodyReader& reader) {
    NewServer server;
    server.package = reader.text("package", true).value_or("");
    server.name = reader.text("name", false).value_or("");
    server.auto_start = reader.truth("auto_start").value_or(false);
    server.description = reader.text("description", false).value_or("");
    if (reader.ok() && !is_registry_package(server.package))
        reader.value_fault("package", "it must be a package of the npm registry, as \"@scope/name\" or \"name@1.2.3\"",
                           server.package);
    if (reader.ok() && server.name.empty())
        server.name = server_name_of(server.package);
    return server;
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

awaitable<HttpReply> serve_install(ConfigControl& control, std::string_view body) {
    BodyReader reader(body);
    const NewServer server = read_new_server(reader);
    if (!reader.ok())
        co_return reader.refusal();
    auto installing = control.install(server);
    const auto installed = co_await std::move(installing);
    if (!installed && installed.error().code == errc::invalid_params) {
        reader.value_fault("name", installed.error().message, server.name);
        co_return reader.refusal();
    }
    if (!installed)
        co_return failure_reply(installed.error());
    Document out;
    out["message"] = "Server " + server.name + " installed";
    out["name"] = server.name;
    out["package"] = server.package;
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

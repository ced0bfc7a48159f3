// The modern era (2026-07-28) of the hostile server: what it has instead of initialize.
// Part of Server.

#include <unistd.h>

#include "tests/support/hostile_server/server.hpp"

namespace agenthub::test {

void Server::discover(std::string_view raw_id) {
    if (options_.die_on_probe)
        ::_exit(3);
    if (options_.hang_on_probe)
        return stop_reading();
    if (!is_modern())
        return answer_error(raw_id, -32601, "Method not found: server/discover");
    const json result = {
        {"resultType", "complete"},
        {"supportedVersions", {"2026-07-28"}},
        {"capabilities",
         {{"tools", {{"listChanged", true}}}, {"prompts", json::object()}, {"resources", {{"subscribe", true}}}}},
        {"ttlMs", 0},
        {"cacheScope", "private"},
        {"_meta", {{"io.modelcontextprotocol/serverInfo", {{"name", options_.name}}}}}};
    wire_.send_line(response_line(raw_id, result.dump()));
}

bool Server::take_modern(const std::string& method, std::string_view raw_id, const json& params) {
    if (method == "initialize" || method == "ping" || method == "logging/setLevel" || method == "resources/subscribe" ||
        method == "resources/unsubscribe") {
        answer_error(raw_id, -32601, "Method not found: " + method);
        return true;
    }
    const json meta = params.value("_meta", json::object());
    if (string_member(meta, "io.modelcontextprotocol/protocolVersion") != "2026-07-28" ||
        !meta.contains("io.modelcontextprotocol/clientCapabilities")) {
        answer_error(raw_id, -32602, "_meta is not that of 2026-07-28");
        return true;
    }
    if (method != "subscriptions/listen")
        return false;
    listen_id_ = raw_id;
    notify("notifications/subscriptions/acknowledged", "{}");
    return true;
}

// The params of what only a listen hears: with the listen's name.
std::string Server::with_listen(std::string_view method, std::string_view params) const {
    const bool of_listen =
        method.ends_with("/list_changed") || method.ends_with("/updated") || method.ends_with("/acknowledged");
    if (!is_modern() || listen_id_.empty() || !of_listen)
        return std::string(params);
    const std::string meta = R"({"_meta":{"io.modelcontextprotocol/subscriptionId":)" + listen_id_ + "}";
    return meta + (params == "{}" ? "}" : "," + std::string(params.substr(1)));
}

}  // namespace agenthub::test

// Reading and rewriting the result of `initialize`.
// Pure functions.

#include "bridge/server_info.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace agenthub {
namespace {

// capabilities.<feature>.<name> is true.
bool flag(const nlohmann::ordered_json& capabilities, const char* feature, const char* name) {
    const auto it = capabilities.find(feature);
    return it != capabilities.end() && it->is_object() && it->value(name, nlohmann::ordered_json()) == true;
}

}  // namespace

result<ServerInfo> read_server_info(std::string_view initialize_result) {
    // ordered_json: members stay in the order the server wrote them.
    const auto tree = nlohmann::ordered_json::parse(initialize_result, nullptr, false);
    if (!tree.is_object())
        return Error(errc::start_failed, "the result of initialize is not an object");
    const auto version = tree.find("protocolVersion");
    if (version == tree.end() || !version->is_string())
        return Error(errc::start_failed, "the result of initialize has no protocolVersion");
    ServerInfo info;
    info.protocol_version = version->get<std::string>();
    if (const auto it = tree.find("capabilities"); it != tree.end() && it->is_object()) {
        // Tasks of a shared server would be listed to every client (2025-11-25 tasks/list knows no owner).
        auto capabilities = *it;
        capabilities.erase("tasks");
        info.capabilities = capabilities.dump();
        info.has_logging = it->contains("logging");
        info.can_subscribe = flag(*it, "resources", "subscribe");
        info.tools_change = flag(*it, "tools", "listChanged");
        info.prompts_change = flag(*it, "prompts", "listChanged");
        info.resources_change = flag(*it, "resources", "listChanged");
    }
    if (const auto it = tree.find("serverInfo"); it != tree.end() && it->is_object())
        info.server_info = it->dump();
    if (const auto it = tree.find("instructions"); it != tree.end() && it->is_string())
        info.instructions = it->dump();
    return info;
}

std::string initialize_result_for(const ServerInfo& info, std::string_view version) {
    std::string out = R"({"protocolVersion":)";
    append_json_string(out, version);
    out += R"(,"capabilities":)" + info.capabilities;
    out += R"(,"serverInfo":)" + info.server_info;
    if (!info.instructions.empty())
        out += R"(,"instructions":)" + info.instructions;
    out += '}';
    return out;
}

}  // namespace agenthub

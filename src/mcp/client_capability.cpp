// What a client must have declared to be asked something.
// Pure functions.

#include "mcp/client_capability.hpp"

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

// `elicitation: {}` stands for forms alone (2025-11-25 client/elicitation, "Capabilities").
std::string missing_elicitation(std::string_view params, std::string_view elicitation) {
    if (elicitation.empty())
        return "elicitation";
    const auto mode = member(params, "mode");
    const bool url = mode.starts_with('"') && spells(mode, "url");
    const bool has_url = !member(elicitation, "url").empty();
    if (url)
        return has_url ? "" : "elicitation.url";
    const bool url_alone = has_url && member(elicitation, "form").empty();
    return url_alone ? "elicitation.form" : "";
}

}  // namespace

std::string missing_capability(std::string_view method, std::string_view params, std::string_view capabilities) {
    if (method == method::elicit)
        return missing_elicitation(params, member(capabilities, "elicitation"));
    if (method == method::sample && member(capabilities, "sampling").empty())
        return "sampling";
    if (method == method::roots_list && member(capabilities, "roots").empty())
        return "roots";
    return {};
}

bool can_answer(std::string_view capabilities) {
    for (const char* name : {"elicitation", "sampling", "roots"})
        if (!member(capabilities, name).empty())
            return true;
    return false;
}

}  // namespace agenthub::mcp

// Who may call what: the rules of the section "rights", of which the first that matches decides.
// A value; pure.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy_config.hpp"
#include "hooks/hook_pattern.hpp"

namespace agenthub {

// A call as the rules see it; plain texts, escapes resolved. `tool`: of tools/call the tool, of prompts/get the prompt,
// as the server itself calls them, of requests about a resource its uri; else empty, which "*" alone matches.
struct RightsQuestion {
    std::string_view client, server, method, tool;
};

struct RightsDecision {
    bool allowed = false;             // whatever goes wrong, nothing is allowed that has not been found to be
    std::optional<std::size_t> rule;  // its place in the configuration; nullopt: none matched, the default decided
};

class Rights {
public:
    explicit Rights(const RightsConfig& config);

    RightsDecision decide(const RightsQuestion& question) const noexcept;
    // Why a call is refused, for its client: what, by which rule, and who can change it.
    static std::string refusal(const RightsQuestion& question, const RightsDecision& decision);
    // Everybody may do everything, so nobody needs to be asked about.
    bool is_open() const noexcept { return allow_others_ && rules_.empty(); }

private:
    struct Rule {
        HookPattern client, server, method, tool;
        bool allow = false;
    };

    std::vector<Rule> rules_;
    bool allow_others_ = true;
};

}  // namespace agenthub

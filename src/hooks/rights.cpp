// Who may call what.
// Pure.

#include "hooks/rights.hpp"

#include "base/text.hpp"

namespace agenthub {
namespace {

// Of a name that somebody else has chosen.
constexpr std::size_t kShown = 200;

}  // namespace

Rights::Rights(const RightsConfig& config) : allow_others_(config.allow_others) {
    rules_.reserve(config.rules.size());
    for (const RightConfig& rule : config.rules)
        rules_.push_back({HookPattern(rule.client), HookPattern(rule.server), HookPattern(rule.method),
                          HookPattern(rule.tool), rule.allow});
}

RightsDecision Rights::decide(const RightsQuestion& question) const noexcept {
    RightsDecision decision;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const Rule& rule = rules_[i];
        if (!rule.method.matches(question.method) || !rule.server.matches(question.server) ||
            !rule.tool.matches(question.tool) || !rule.client.matches(question.client))
            continue;
        decision.rule = i;
        decision.allowed = rule.allow;
        return decision;
    }
    decision.allowed = allow_others_;
    return decision;
}

std::string Rights::refusal(const RightsQuestion& question, const RightsDecision& decision) {
    std::string out =
        "the client '" + clip(question.client, kShown) + "' may not call " + clip(question.method, kShown);
    if (!question.tool.empty())
        out += " '" + clip(question.tool, kShown) + "'";
    out += " of the server '" + std::string(question.server) + "': ";
    if (decision.rule)
        out += "rights.rules[" + std::to_string(*decision.rule) + "] of the configuration forbids it";
    else
        out += "no rule of the configuration's \"rights\" allows it, and \"default\" is \"deny\"";
    return out + "; ask whoever operates AgentHub for a rule that allows it";
}

}  // namespace agenthub

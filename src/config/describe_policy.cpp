// The part of `agenthub check-config` about rights and hooks.
// Pure function.

#include "config/describe_policy.hpp"

#include "config/wording.hpp"

namespace agenthub {
namespace {

void line(std::string& out, std::string_view key, std::string_view value) {
    out.append(key).append(": ").append(value) += '\n';
}

std::string what_runs(const HookConfig& hook) {
    switch (hook.kind) {
        case HookKind::builtin: return "built-in " + hook.builtin;
        case HookKind::http: return "http " + in_quotes(hook.url);
        case HookKind::command: break;
    }
    std::string out = "command";
    for (const std::string& word : hook.command)
        out += " " + in_quotes(word);
    return out;
}

template <class Pairs>
std::string names_in(const Pairs& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs)
        out += (out.empty() ? "" : ", ") + in_quotes(name);
    return out + " (values hidden)";
}

void describe_hook(std::string& out, const HookConfig& hook) {
    out += "  " + in_quotes(hook.name) + ":\n";
    line(out, "    on", to_string(hook.on));
    line(out, "    server", in_quotes(hook.server));
    line(out, "    method", in_quotes(hook.method));
    line(out, "    tool", in_quotes(hook.tool));
    line(out, "    run", what_runs(hook));
    if (!hook.env.empty())
        line(out, "    env", names_in(hook.env));
    if (!hook.headers.empty())
        line(out, "    headers", names_in(hook.headers));
    line(out, "    timeout", duration_text(hook.timeout));
}

}  // namespace

void describe_policy(std::string& out, const Config& config) {
    out += "rights:\n";
    line(out, "  default", config.rights.allow_others ? "allow" : "deny");
    line(out, "  rules", std::to_string(config.rights.rules.size()));
    for (const RightConfig& rule : config.rights.rules)
        line(out, rule.allow ? "    allow" : "    deny",
             "client " + in_quotes(rule.client) + ", server " + in_quotes(rule.server) + ", method " +
                 in_quotes(rule.method) + ", tool " + in_quotes(rule.tool));
    line(out, "hooks", std::to_string(config.hooks.size()));
    for (const HookConfig& hook : config.hooks)
        describe_hook(out, hook);
}

}  // namespace agenthub

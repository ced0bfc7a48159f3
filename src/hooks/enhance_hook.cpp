// Better prompts by a hook.
// Owned by its entry of the registry.

#include "hooks/enhance_hook.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/prompt_argument.hpp"

namespace agenthub {
namespace {

// The value of the prompt among the arguments, a string that is not empty; else an empty view.
std::string_view prompt_in(std::string_view arguments, const std::string& name) {
    const auto is_prompt = [](std::string_view value) { return value.size() > 2 && value.front() == '"'; };
    if (!name.empty()) {
        const std::string_view value = mcp::member(arguments, name);
        return is_prompt(value) ? value : std::string_view();
    }
    for (const std::string_view known : mcp::kPromptArguments)
        if (const std::string_view value = mcp::member(arguments, known); is_prompt(value))
            return value;
    return {};
}

std::string put_in(std::string_view arguments, std::string_view at, std::string_view text) {
    const auto begin = static_cast<std::size_t>(at.data() - arguments.data());
    std::string out(arguments.substr(0, begin));
    append_json_string(out, text);
    return out.append(arguments.substr(begin + at.size()));
}

}  // namespace

awaitable<result<HookVerdict>> EnhanceHook::decide(const HookCall& call) {
    HookVerdict out;
    const std::string_view prompt = prompt_in(call.arguments, options_.argument);
    if (prompt.empty() || call.dry_run)
        co_return out;
    EnhanceQuestion question;
    question.client = options_.client.empty() ? call.caller.client_id : options_.client;
    question.prompt = mcp::unescape(prompt);
    question.carrier_bytes = call.arguments.size();
    question.latest = call.deadline;
    const std::string before = question.prompt;
    const auto answer = co_await enhancer_.enhance(std::move(question));
    if (answer.text == before)
        co_return out;
    out.action = HookVerdict::Action::change;
    out.text = put_in(call.arguments, prompt, answer.text);
    co_return out;
}

}  // namespace agenthub

// Finding and replacing the last user message.
// Functions.

#include "enhance/chat_prompt.hpp"

#include "base/text.hpp"
#include "enhance/prompt_rules.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

bool is_string(std::string_view token) noexcept {
    return token.starts_with('"');
}

bool says(std::string_view token, std::string_view plain) {
    return is_string(token) && mcp::spells(token, plain);
}

// The text of a message's content; empty: it has none.
std::string_view text_of(std::string_view content) {
    if (is_string(content))
        return content;
    std::string_view text;
    for (const std::string_view part : mcp::elements_of(content)) {
        const auto candidate = mcp::member(part, "text");
        if (says(mcp::member(part, "type"), "text") && is_string(candidate))
            text = candidate;
    }
    return text;
}

}  // namespace

mcp::Span last_user_text(std::string_view body) {
    const auto messages = mcp::elements_of(mcp::member(body, "messages"));
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (!says(mcp::member(*message, "role"), "user"))
            continue;
        const auto text = text_of(mcp::member(*message, "content"));
        if (text.empty())
            return {};
        const auto begin = static_cast<std::uint32_t>(text.data() - body.data());
        return {begin, begin + static_cast<std::uint32_t>(text.size())};
    }
    return {};
}

awaitable<std::string> enhance_chat(Enhancer& enhancer, std::string client, std::string body,
                                    const EnhanceListener* listener) {
    const EnhancementRule& rule = rule_of(enhancer.config(), client);
    if (!enhancer.config().enabled || !rule.enabled || !rule.chat || body.size() > enhancer.config().max_body_bytes)
        co_return body;
    const mcp::Span at = last_user_text(body);
    if (at.empty())
        co_return body;
    EnhanceQuestion question;
    question.client = std::move(client);
    question.prompt = mcp::unescape(at.of(body));
    question.carrier_bytes = body.size();
    const std::string before = question.prompt;
    const auto answer = co_await enhancer.enhance(std::move(question), listener);
    if (answer.text == before)
        co_return body;
    std::string token;
    append_json_string(token, answer.text);
    body.replace(at.begin, at.size(), token);
    co_return body;
}

}  // namespace agenthub

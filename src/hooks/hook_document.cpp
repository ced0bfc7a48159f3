// Documents of external hooks.
// Pure functions.

#include "hooks/hook_document.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/message.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

using Action = HookVerdict::Action;
using Decision = result<HookVerdict>;

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kShown = 200;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

void add(std::string& out, std::string_view name, std::string_view json) {
    out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(json);
}

void add_text(std::string& out, std::string_view name, std::string_view text) {
    std::string json;
    append_json_string(json, text);
    add(out, name, json);
}

std::string client_of(const mcp::Caller& caller) {
    std::string out = "{";
    add_text(out, "id", caller.name());
    add_text(out, "ip", caller.client_ip);
    if (!caller.client_info.empty())
        add(out, "info", caller.client_info);
    return out + "}";
}

Error wrong(std::string_view what, std::string_view found) {
    return {errc::invalid_params, std::string(what) + ", found " + clip(found.empty() ? "nothing" : found, kShown)};
}

// The text on one line if it is an object of JSON and nothing else; empty otherwise.
std::string checked_object(std::string_view text) {
    const std::string_view object = trimmed(text);
    if (!object.starts_with('{'))
        return {};
    const auto message = mcp::Message::parse(mcp::make_response("0", object));
    // What closes the object early, and goes on, would be read as members of the message.
    if (!message || message->result_member().size() != object.size())
        return {};
    return std::string(message->result_member());
}

std::string text_of(std::string_view token) {
    return token.starts_with('"') ? mcp::unescape(token) : std::string();
}

bool is_error_object(std::string_view object) {
    return object.starts_with('{') && mcp::is_json_integer(mcp::member(object, "code")) &&
           mcp::member(object, "message").starts_with('"');
}

Decision made(Action action, std::string_view text, bool is_error = false) {
    HookVerdict out;
    out.action = action;
    out.is_error = is_error;
    out.text = text;
    return out;
}

// Which member replaces what there is at each point.
std::string_view replaced_member(HookPoint point) {
    switch (point) {
        case HookPoint::after: return "result";
        case HookPoint::error: return "error";
        case HookPoint::before: break;
    }
    return "arguments";
}

Decision read_continue(std::string_view answer, const HookCall& call) {
    const std::string_view name = replaced_member(call.point);
    const std::string_view value = mcp::member(answer, name);
    if (value.empty())
        return HookVerdict();
    if (call.point == HookPoint::before && !call.takes_arguments)
        return wrong("\"arguments\" can be changed of tools/call and prompts/get alone", call.method);
    if (!value.starts_with('{'))
        return wrong("\"" + std::string(name) + "\" must be an object", value);
    if (call.point == HookPoint::error && !is_error_object(value))
        return wrong(R"("error" must have a whole number "code" and a text "message")", value);
    return made(Action::change, value);
}

Decision read_answer(std::string_view answer) {
    const std::string_view error = mcp::member(answer, "error");
    if (is_error_object(error))
        return made(Action::answer, error, true);
    const std::string_view value = mcp::member(answer, "result");
    if (!value.starts_with('{'))
        return wrong(R"(with "action" "answer" there must be an object "result", or "error" with "code" and "message")",
                     value);
    return made(Action::answer, value);
}

Decision read_refusal(std::string_view answer) {
    std::string why = text_of(mcp::member(answer, "message"));
    if (why.empty())
        why = text_of(mcp::member(mcp::member(answer, "error"), "message"));
    return made(Action::refuse, why);
}

}  // namespace

std::string hook_document(const HookCall& call, std::string_view hook) {
    std::string out = "{";
    add_text(out, "hook", hook);
    add_text(out, "on", to_string(call.point));
    add_text(out, "request_id", call.request_id);
    add(out, "client", client_of(call.caller));
    add_text(out, "server", call.server);
    add_text(out, "method", call.method);
    if (!call.tool.empty())
        add_text(out, "tool", call.tool);
    if (call.takes_arguments)
        add(out, "arguments", call.arguments.empty() ? "{}" : call.arguments);
    else if (!call.params.empty())
        add(out, "params", call.params);
    if (call.point == HookPoint::after)
        add(out, "result", call.outcome);
    if (call.point == HookPoint::error)
        add(out, "error", call.outcome);
    if (call.dry_run)
        add(out, "dry_run", "true");
    return out + "}";
}

Decision read_hook_answer(std::string_view text, const HookCall& call) {
    if (trimmed(text).empty())
        return HookVerdict();
    const std::string answer = checked_object(text);
    if (answer.empty())
        return wrong("its answer must be nothing, or one object of JSON", trimmed(text));
    const std::string_view written = mcp::member(answer, "action");
    const std::string action = written.empty() ? "continue" : text_of(written);
    if (action == "continue")
        return read_continue(answer, call);
    if (action == "answer")
        return read_answer(answer);
    if (action == "refuse")
        return read_refusal(answer);
    return wrong(R"("action" must be "continue", "answer" or "refuse")", written);
}

}  // namespace agenthub

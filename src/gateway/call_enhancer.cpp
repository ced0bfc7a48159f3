// The prompts in MCP calls.
// Owned by the gateway.

#include "gateway/call_enhancer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "enhance/prompt_rules.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/prompt_argument.hpp"

namespace agenthub {
namespace {

// What X-Enhance says; nullopt: nothing that means anything.
std::optional<bool> switch_of(std::string_view value) {
    constexpr std::array<std::string_view, 4> kOn{"1", "true", "yes", "on"};
    constexpr std::array<std::string_view, 4> kOff{"0", "false", "no", "off"};
    const auto is = [value](std::string_view word) { return iequals(word, value); };
    if (std::any_of(kOn.begin(), kOn.end(), is))
        return true;
    if (std::any_of(kOff.begin(), kOff.end(), is))
        return false;
    return std::nullopt;
}

// By which of its names a client has a rule: that of the header field, the one it is known by, or what it calls itself.
std::string client_of(const EnhancementConfig& config, const mcp::Caller& caller, const HttpRequest& request) {
    const std::string_view own = mcp::member(caller.client_info, "name");
    std::vector<std::string> names{std::string(request.header("X-Client-Name")), caller.client_id};
    if (own.starts_with('"'))
        names.push_back(mcp::unescape(own));
    for (const std::string& name : names)
        if (has_rule(config, name))
            return name;
    return names.front().empty() ? caller.client_id : names.front();
}

std::string plain(std::string_view token) {
    return token.starts_with('"') ? mcp::unescape(token) : std::string();
}

// In characters, as people count them.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string note_of(const EnhanceAnswer& answer, std::string_view argument, std::string_view before) {
    std::string note = R"({"argument":")" + std::string(argument) + R"(","was_enhanced":)";
    note += answer.text == before ? "false" : "true";
    note += R"(,"model":)";
    if (answer.model.empty())
        note += "null";
    else
        append_json_string(note, answer.model);
    note += answer.cached ? R"(,"cached":true)" : R"(,"cached":false)";
    note += R"(,"original_length":)" + std::to_string(length_of(before));
    note += R"(,"enhanced_length":)" + std::to_string(length_of(answer.text)) + R"(,"error":)";
    if (answer.error.empty())
        note += "null";
    else
        append_json_string(note, redacted(answer.error));
    return note + '}';
}

// The request as the server would get it, where a hook has changed the arguments.
std::optional<mcp::Message> with_changed_arguments(const Exchange& exchange) {
    const std::string& arguments = exchange.rewording->arguments;
    if (arguments.empty())
        return std::nullopt;
    const mcp::Message& request = exchange.request();
    const std::string params = mcp::with_member(request.params(), "arguments", arguments);
    std::string text;
    request.append_patched(text, {{request.params_span(), params}});
    auto changed = mcp::Message::parse(std::move(text));
    return changed ? std::optional(std::move(*changed)) : std::nullopt;
}

void put_words(Rewording& rewording, const mcp::Message& request, mcp::Span at, std::string_view words) {
    if (rewording.arguments.empty()) {
        rewording.at = at;
        append_json_string(rewording.words, words);
        return;
    }
    const mcp::Span all = request.span_of(mcp::member(request.params(), "arguments"));
    const std::string_view text = request.text();
    std::string arguments(text.substr(all.begin, at.begin - all.begin));
    append_json_string(arguments, words);
    rewording.arguments = arguments.append(text.substr(at.end, all.end - at.end));
}

// The client has cancelled the call, or closed its connection.
class RouteListener final : public EnhanceListener {
public:
    explicit RouteListener(const CallRoute& route) noexcept : route_(route) {}
    bool has_left() const noexcept override { return route_.is_cancelled(); }

private:
    const CallRoute& route_;
};

}  // namespace

void CallEnhancer::note_wish(Exchange& exchange, const HttpRequest& request) const {
    const std::string_view method = exchange.request().method();
    if (method != mcp::method::tools_call && method != mcp::method::prompts_get)
        return;
    const std::string_view field = request.header("X-Enhance");
    if (field.empty() && !enhancer_.has_tool_rules())
        return;
    const auto asked = switch_of(field);
    if (asked ? !*asked : !enhancer_.has_tool_rules())
        return;
    exchange.rewording = std::make_unique<Rewording>();
    exchange.rewording->wished = true;
    exchange.rewording->client = client_of(enhancer_.config(), exchange.caller(), request);
    exchange.rewording->asked = asked.has_value();
}

http::fields CallEnhancer::fields_of(const HttpRequest& request) {
    http::fields fields;
    for (const char* name : {"X-Enhance", "X-Client-Name"})
        if (request.has_header(name))
            fields.set(name, request.header(name));
    return fields;
}

awaitable<bool> CallEnhancer::reword(Exchange& exchange, const CallRoute& route) {
    Rewording& rewording = *exchange.rewording;
    const std::string name = plain(exchange.renamed.empty() ? exchange.request().name() : exchange.own_name);
    const bool is_wanted = rewording.asked || covers(rule_of(enhancer_.config(), rewording.client), route.server, name);
    const auto changed = with_changed_arguments(exchange);
    const mcp::Message& request = changed ? *changed : exchange.request();
    const mcp::PromptArgument argument = mcp::prompt_argument(request);
    if (!is_wanted || argument.name.empty())
        co_return false;
    const std::string before = mcp::unescape(argument.at.of(request.text()));
    EnhanceQuestion question;
    question.client = rewording.client;
    question.prompt = before;
    question.carrier_bytes = request.text().size();
    question.latest = exchange.deadline();
    const RouteListener listener(route);
    const auto answer = co_await enhancer_.enhance(std::move(question), &listener);
    rewording.note = note_of(answer, argument.name, before);
    if (answer.text != before)
        put_words(rewording, request, argument.at, answer.text);
    co_return true;
}

void CallEnhancer::tell(const Exchange& exchange, mcp::Message& reply) {
    if (exchange.rewording->note.empty())
        return;
    mcp::PatchList patches;
    std::string scratch;
    mcp::put_result_meta(reply, kNote, exchange.rewording->note, patches, scratch);
    if (patches.empty())
        return;
    std::string text;
    reply.append_patched(text, patches);
    replace_text(reply, std::move(text));
}

}  // namespace agenthub

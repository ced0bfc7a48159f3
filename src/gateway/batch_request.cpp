// Reading batches.
// Pure functions.

#include "gateway/batch_request.hpp"

#include <cmath>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

Duration seconds(double value) {
    return Duration(std::llround(value * 1000));
}

// The string of that name; a fault when it is missing, empty or no string.
std::string needed_text(std::string_view object, std::string_view name, std::string& fault) {
    const std::string_view token = mcp::member(object, name);
    std::string text = token.starts_with('"') ? mcp::unescape(token) : std::string();
    if (text.empty() && fault.empty())
        fault =
            "'" + std::string(name) + "' must be a text that is not empty" + (token.empty() ? "; it is missing" : "");
    return text;
}

void read_timeout(std::string_view object, BatchCall& out) {
    const std::string_view token = mcp::member(object, "timeout");
    if (token.empty() || token == "null")
        return;
    auto time = token.starts_with('"') ? parse_duration(mcp::unescape(token)) : std::nullopt;
    if (const auto value = mcp::to_double(token); value && *value <= kMaxCallTimeout)
        time = seconds(*value);
    if (time && *time > Duration::zero() && *time <= seconds(kMaxCallTimeout))
        out.call.timeout = time;
    else if (out.fault.empty())
        out.fault = "'timeout' must be a number of seconds above 0 and at most 86400, or a text as \"500ms\"";
}

void read_retry(std::string_view object, BatchCall& out) {
    const std::string_view token = mcp::member(object, "retry");
    const std::string word = token.starts_with('"') ? mcp::unescape(token) : std::string();
    if (word == "always")
        out.retry = RetryWhen::always;
    else if (word == "never")
        out.retry = RetryWhen::never;
    else if (!token.empty() && token != "null" && word != "safe" && out.fault.empty())
        out.fault = R"('retry' must be "safe", "always" or "never")";
}

BatchCall read_call(std::string_view object) {
    BatchCall out;
    if (!object.starts_with('{')) {
        out.fault = R"(a call must be an object as {"server": …, "tool": …, "arguments": {…}})";
        return out;
    }
    out.call.server = needed_text(object, "server", out.fault);
    out.call.tool = needed_text(object, "tool", out.fault);
    const std::string_view arguments = mcp::member(object, "arguments");
    if (arguments.starts_with('{'))
        out.call.arguments = arguments;
    else if (!arguments.empty() && arguments != "null" && out.fault.empty())
        out.fault = "'arguments' must be an object";
    read_timeout(object, out);
    read_retry(object, out);
    return out;
}

}  // namespace

BatchRequest read_batch(BodyReader& body, const Limits& limits) {
    BatchRequest out;
    const auto calls = body.list("calls", true);
    if (calls && calls->size() > limits.batch_calls)
        body.fault("too_long", "calls",
                   "List should have at most " + std::to_string(limits.batch_calls) +
                       " items (limits.batch_calls), not " + std::to_string(calls->size()),
                   {});
    else if (calls)
        for (const std::string_view call : *calls)
            out.calls.push_back(read_call(call));
    const auto most = static_cast<std::int64_t>(limits.batch_concurrency);
    out.max_concurrent =
        static_cast<std::size_t>(body.integer("max_concurrent", 1, most).value_or(std::min<std::int64_t>(3, most)));
    out.retries = body.integer("retries", 0, kMaxRetries).value_or(0);
    if (const auto delay = body.number("retry_delay", 0, kMaxRetryDelay))
        out.retry_delay = seconds(*delay);
    return out;
}

}  // namespace agenthub

// Wording failures.
// Pure functions.

#include "stdio/failure.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

std::string_view retry_text(retry_class retry) {
    switch (retry) {
        case retry_class::not_started: return "safe";
        case retry_class::busy: return "later";
        case retry_class::started_unknown: return "unknown";
        case retry_class::never: break;
    }
    return "no";
}

}  // namespace

std::string failure_reply(std::string_view id, const Error& error) {
    std::string data = R"({"code":")" + std::string(code_of(error.code)) + R"(","reason":")" +
                       std::string(to_string(error.code)) + R"(","retry":")" +
                       std::string(retry_text(retry_class_of(error.code))) + R"("})";
    return mcp::make_error(id, mcp::code::internal_error, error.message, data);
}

std::string refusal_reply(std::string_view id, const HttpOutcome& refusal) {
    const auto message = mcp::Message::parse(refusal.body);
    if (!message || message->kind() != mcp::Kind::error)
        return failure_reply(
            id, Error(errc::internal, "AgentHub answered with HTTP status " + std::to_string(refusal.status) + ": " +
                                          clip(refusal.body, 200)));
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"error":)" + std::string(message->error_member()) + "}";
}

int refusal_code(const HttpOutcome& refusal) {
    const auto message = mcp::Message::parse(refusal.body);
    return message ? message->error_code() : 0;
}

bool is_session_lost(const HttpOutcome& outcome) {
    return outcome.how == HttpOutcome::How::refused && outcome.status == 404 &&
           refusal_code(outcome) == mcp::code::session_not_found;
}

Error outcome_unknown(const mcp::Message& request) {
    return {errc::upstream_failed,
            "AgentHub ended or broke off while " + clip(request.method(), 80) +
                " was under way; whether it had an effect is unknown: look before you repeat it"};
}

}  // namespace agenthub

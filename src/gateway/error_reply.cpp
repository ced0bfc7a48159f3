// What a failure becomes for a client.
// Pure functions.

#include "gateway/error_reply.hpp"

#include <algorithm>

#include "base/redactor.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

std::string_view retry_word(errc code) noexcept {
    switch (retry_class_of(code)) {
        case retry_class::not_started: return "safe";
        case retry_class::busy: return "later";
        case retry_class::started_unknown: return "unknown";
        case retry_class::never: return "no";
    }
    return "no";
}

// Rounded up, and never 0: who comes back too early is refused again.
std::int64_t whole_seconds(std::chrono::milliseconds wait) {
    return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
}

}  // namespace

ErrorMapping mapping_of(errc code) noexcept {
    using namespace mcp;
    switch (code) {
        case errc::parse_error: return {400, code::parse_error};
        case errc::invalid_request: return {400, code::invalid_request};
        case errc::method_not_found: return {200, code::method_not_found};
        case errc::invalid_params: return {200, code::invalid_params};
        case errc::too_large: return {413, code::internal_error};
        case errc::unsupported: return {400, code::invalid_request};
        case errc::forbidden:
        case errc::hook_refused: return {403, code::invalid_request};
        case errc::server_unknown: return {404, code::invalid_request};
        case errc::server_disabled:
        case errc::server_stopped:
        case errc::start_failed:
        case errc::start_exited:
        case errc::start_refused:
        case errc::start_timeout: return {503, code::internal_error};
        case errc::model_unknown: return {404, code::internal_error};
        case errc::busy:
        case errc::breaker_open:
        case errc::unrecorded:
        case errc::record_lost: return {503, code::internal_error};
        case errc::server_exited:
        case errc::server_unhealthy:
        case errc::server_out_of_memory:
        case errc::write_failed:
        case errc::upstream_unreachable:
        case errc::upstream_failed:
        case errc::upstream_refused: return {502, code::internal_error};
        case errc::call_timeout: return {504, code::internal_error};
        case errc::cancelled: return {503, code::internal_error};
        case errc::io_error:
        case errc::database_error: return {503, code::internal_error};
        case errc::timeout: return {504, code::internal_error};
        case errc::invalid_config:
        case errc::hook_failed:
        case errc::internal: return {500, code::internal_error};
    }
    return {500, code::internal_error};
}

std::string rpc_error(std::string_view id, const Error& error) {
    std::string data = R"({"code":")";
    data += code_of(error.code);
    data += R"(","reason":")";
    data += to_string(error.code);
    data += R"(","retry":")";
    data += retry_word(error.code);
    data += '"';
    if (error.retry_after)
        data += R"(,"retry_after":)" + std::to_string(whole_seconds(*error.retry_after));
    data += '}';
    return mcp::make_error(id, mapping_of(error.code).rpc_code, redacted(error.message), data);
}

HttpReply failed_call_reply(std::string_view id, const Error& error) {
    HttpReply reply;
    reply.status = mapping_of(error.code).http_status;
    reply.body = rpc_error(id, error);
    if (error.retry_after)
        reply.headers.emplace_back("Retry-After", std::to_string(whole_seconds(*error.retry_after)));
    return reply;
}

bool is_own_refusal(const Error& error) noexcept {
    return error.retry_after && (error.code == errc::busy || error.code == errc::unrecorded);
}

HttpReply rpc_error_reply(unsigned status, int rpc_code, std::string_view message) {
    HttpReply reply;
    reply.status = status;
    reply.body = mcp::make_error("", rpc_code, redacted(message));
    return reply;
}

}  // namespace agenthub

// Errors as clients of models read them.
// Pure functions.

#include "gateway/model_error.hpp"

#include <algorithm>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "gateway/error_reply.hpp"

namespace agenthub {
namespace {

// The words of OpenAI's API for kinds of errors.
std::string_view type_of(unsigned status) noexcept {
    switch (status) {
        case 401: return "authentication_error";
        case 403: return "permission_error";
        case 404: return "not_found_error";
        default: return status < 500 ? "invalid_request_error" : "api_error";
    }
}

}  // namespace

bool is_model_path(std::string_view path, ModelDialect& dialect) noexcept {
    const bool native = path.starts_with("/ollama/api/") || path.starts_with("/llm/api/");
    dialect = native ? ModelDialect::native : ModelDialect::openai;
    return native || path.starts_with("/v1/");
}

std::string model_error_body(ModelDialect dialect, unsigned status, std::string_view message, std::string_view code) {
    std::string error;
    if (dialect == ModelDialect::native) {
        append_json_string(error, redacted(message));
        return R"({"detail":)" + error + R"(,"error":)" + error + "}";
    }
    error = R"({"message":)";
    append_json_string(error, redacted(message));
    error += R"(,"type":")";
    error += type_of(status);
    error += R"(","param":null,"code":)";
    if (code.empty())
        error += "null";
    else
        append_json_string(error, code);
    error += '}';
    return R"({"detail":{"error":)" + error + R"(},"error":)" + error + "}";
}

HttpReply model_error_reply(ModelDialect dialect, unsigned status, std::string_view message, std::string_view code) {
    HttpReply reply;
    reply.status = status;
    reply.body = model_error_body(dialect, status, message, code);
    return reply;
}

HttpReply model_error_reply(ModelDialect dialect, const Error& error) {
    const unsigned status = mapping_of(error.code).http_status;
    HttpReply reply = model_error_reply(dialect, status, error.message, to_string(error.code));
    if (error.retry_after) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
        reply.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds)));
    }
    return reply;
}

}  // namespace agenthub

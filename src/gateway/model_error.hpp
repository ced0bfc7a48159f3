// What a failure becomes for a client of a model, in the two dialects that such clients understand.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// Ollama's own API below /ollama/, and OpenAI's below /v1/.
enum class ModelDialect { native, openai };

// The dialect of an error at this path; false when it is no path of models.
bool is_model_path(std::string_view path, ModelDialect& dialect) noexcept;

// native: {"detail": "…", "error": "…"}; openai: {"detail": {"error": E}, "error": E} with E = {"message", "type",
// "param", "code"}: AgentHub's older clients read "detail", the official ones "error". `code` is that member, null when
// empty.
std::string model_error_body(ModelDialect dialect, unsigned status, std::string_view message, std::string_view code);
HttpReply model_error_reply(ModelDialect dialect, unsigned status, std::string_view message, std::string_view code);

// With the status of its code, and Retry-After where the error says when.
HttpReply model_error_reply(ModelDialect dialect, const Error& error);

}  // namespace agenthub

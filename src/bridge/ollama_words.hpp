// The two dialects of Ollama: its native API and the one of OpenAI. Request bodies out, answers in.
// Pure functions.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "bridge/model_backend.hpp"
#include "config/ollama_config.hpp"

namespace agenthub::ollama_words {

std::string_view generate_path(OllamaApi api) noexcept;
std::string_view embed_path(OllamaApi api) noexcept;
std::string_view probe_path(OllamaApi api) noexcept;

// The bodies of these requests; `model` is what request.model says, or stands in for it.
std::string generate_body(OllamaApi api, const GenerateRequest& request, std::string_view model);
std::string embed_body(OllamaApi api, std::string_view model, std::string_view text);

// What was generated. Error: errc::upstream_refused when the answer holds none.
result<std::string> generated_text(OllamaApi api, std::string_view answer);
// The vector of the one text. Error as above.
result<std::vector<float>> embedded_vector(OllamaApi api, std::string_view answer);

// The failure behind an answer with status 400 or above: errc::model_unknown for 404, else errc::upstream_refused, with
// the server's words in either form ({"error": "…"} or {"error": {"message": "…"}}).
Error refusal(unsigned status, std::string_view answer);

// A proxy in front of a backend that is away, or a backend that is overrun, says so with these; any other status is the
// answer of one that works.
bool is_away(unsigned status) noexcept;

// The same error with what to do about it. `streamed`: of a request that is passed through.
Error advised(Error error, bool streamed);

}  // namespace agenthub::ollama_words

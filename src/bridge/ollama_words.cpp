// Ollama's API (docs/api.md of Ollama) and OpenAI's, as far as AgentHub itself uses them.
// Pure functions.

#include "bridge/ollama_words.hpp"

#include <nlohmann/json.hpp>

#include "base/redactor.hpp"

namespace agenthub::ollama_words {
namespace {

using nlohmann::json;

constexpr std::size_t kShownBytes = 500;  // of somebody else's text

std::string dump(const json& body) {
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Null where there is no such member: of an object, or of an array by its index.
const json* member(const json* value, const char* key) {
    if (value == nullptr || !value->is_object())
        return nullptr;
    const auto found = value->find(key);
    return found == value->end() ? nullptr : &*found;
}

const json* first(const json* value) {
    return value != nullptr && value->is_array() && !value->empty() ? &value->front() : nullptr;
}

Error unusable(std::string_view what) {
    return {errc::upstream_refused, "Ollama answered, but there is no " + std::string(what) + " in its answer"};
}

}  // namespace

std::string_view generate_path(OllamaApi api) noexcept {
    return api == OllamaApi::native ? "/api/generate" : "/v1/chat/completions";
}

std::string_view embed_path(OllamaApi api) noexcept {
    return api == OllamaApi::native ? "/api/embed" : "/v1/embeddings";
}

std::string_view probe_path(OllamaApi api) noexcept {
    return api == OllamaApi::native ? "/api/tags" : "/v1/models";
}

std::string generate_body(OllamaApi api, const GenerateRequest& request, std::string_view model) {
    json body;
    body["model"] = model;
    body["stream"] = false;
    if (api == OllamaApi::native) {
        body["prompt"] = request.prompt;
        if (!request.system.empty())
            body["system"] = request.system;
        body["options"]["temperature"] = request.temperature;
        body["options"]["num_predict"] = request.max_tokens;
        return dump(body);
    }
    body["messages"] = json::array();
    if (!request.system.empty())
        body["messages"].push_back(json::object({{"role", "system"}, {"content", request.system}}));
    body["messages"].push_back(json::object({{"role", "user"}, {"content", request.prompt}}));
    body["temperature"] = request.temperature;
    body["max_tokens"] = request.max_tokens;
    return dump(body);
}

std::string embed_body(OllamaApi, std::string_view model, std::string_view text) {
    json body;
    body["model"] = model;
    body["input"] = text;
    return dump(body);
}

result<std::string> generated_text(OllamaApi api, std::string_view answer) {
    const json document = json::parse(answer, nullptr, false);
    const json* text = api == OllamaApi::native
                           ? member(&document, "response")
                           : member(member(first(member(&document, "choices")), "message"), "content");
    if (text == nullptr || !text->is_string())
        return unusable("text");
    return text->get<std::string>();
}

result<std::vector<float>> embedded_vector(OllamaApi api, std::string_view answer) {
    const json document = json::parse(answer, nullptr, false);
    const json* numbers = api == OllamaApi::native ? first(member(&document, "embeddings"))
                                                   : member(first(member(&document, "data")), "embedding");
    if (numbers == nullptr || !numbers->is_array() || numbers->empty())
        return unusable("vector");
    std::vector<float> out;
    out.reserve(numbers->size());
    for (const json& number : *numbers) {
        if (!number.is_number())
            return unusable("vector");
        out.push_back(number.get<float>());
    }
    return out;
}

Error refusal(unsigned status, std::string_view answer) {
    const json document = json::parse(answer, nullptr, false);
    const json* words = member(&document, "error");
    if (words != nullptr && words->is_object())
        words = member(words, "message");
    std::string message = "Ollama answered with " + std::to_string(status);
    if (words != nullptr && words->is_string() && !words->get_ref<const std::string&>().empty())
        message += ": " + redacted_clip(words->get_ref<const std::string&>(), kShownBytes);
    return {status == 404 ? errc::model_unknown : errc::upstream_refused, std::move(message)};
}

bool is_away(unsigned status) noexcept {
    return status >= 502 && status <= 504;
}

Error advised(Error error, bool streamed) {
    if (error.code == errc::upstream_unreachable)
        error.message += "; start Ollama there, or correct ollama.url";
    if (error.code == errc::call_timeout && streamed)
        error.message += "; if the model needs longer, raise ollama.stream_timeout";
    return error;
}

}  // namespace agenthub::ollama_words

// Ollama's own API.
// Owned by the gateway.

#include "gateway/ollama_routes.hpp"

namespace agenthub {

std::string ollama_target(std::string_view path, std::string_view query) {
    const auto at = path.starts_with("/v1/") ? 0 : path.find("/api/");
    std::string out(path.substr(at == std::string_view::npos ? 0 : at));
    if (!query.empty())
        out.append("?").append(query);
    return out;
}

bool has_dot_segments(std::string_view path) {
    const std::string plain = percent_decode(path, '+');
    std::string_view rest = plain;
    while (!rest.empty()) {
        const auto end = rest.find('/');
        const std::string_view segment = rest.substr(0, end);
        if (segment == "." || segment == "..")
            return true;
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return false;
}

awaitable<void> OllamaRoutes::serve(HttpRequest& request, HttpResponder& responder) {
    std::string target = ollama_target(request.path, request.query);
    std::string client(client_id_of(request));
    ModelPassage passage{request, responder, ModelDialect::native, std::move(target), std::move(client)};
    co_await relay_.pass(std::move(passage));
}

}  // namespace agenthub

// OpenAI's API.
// Owned by the gateway.

#include "gateway/openai_routes.hpp"

#include "gateway/api_keys.hpp"
#include "gateway/ollama_routes.hpp"

namespace agenthub {

std::optional<HttpReply> OpenAiRoutes::admit(const HttpRequest& request) const {
    if (config_.api_keys.empty())
        return std::nullopt;
    const std::string_view token = bearer_token(request.header("Authorization"));
    if (find_key(config_.api_keys, token) != nullptr)
        return std::nullopt;
    const bool missing = token.empty();
    const std::string_view why =
        missing
            ? "an API key of this AgentHub is required: send Authorization: Bearer KEY"
            : "this API key is unknown: send one of this AgentHub's, or add it to the file that api_keys_file names "
              "and reload the configuration";
    HttpReply reply = model_error_reply(ModelDialect::openai, 401, why, "invalid_api_key");
    reply.headers.emplace_back("WWW-Authenticate", missing ? R"(Bearer realm="agenthub")"
                                                           : R"(Bearer realm="agenthub", error="invalid_token")");
    return reply;
}

awaitable<void> OpenAiRoutes::serve(HttpRequest& request, HttpResponder& responder) {
    std::string target = ollama_target(request.path, request.query);
    std::string client(client_id_of(request));
    // A reload since admit() may have taken the key away: it was good when it was asked.
    const ApiKey* key = find_key(config_.api_keys, bearer_token(request.header("Authorization")));
    if (key != nullptr && !key->client_name.empty())
        client = key->client_name;
    ModelPassage passage{request, responder, ModelDialect::openai, std::move(target), std::move(client)};
    if (key != nullptr) {
        passage.may_enhance = key->enhance;
        passage.rule_client = key->client_name;
    }
    co_await relay_.pass(std::move(passage));
}

}  // namespace agenthub

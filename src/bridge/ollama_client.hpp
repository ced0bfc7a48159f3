// AgentHub's client of Ollama, or of whatever speaks its API: asks for completions, passes streams through, and knows
// whether it is there. Owned by the gateway; loop thread only.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/http_client.hpp"
#include "bridge/model_backend.hpp"
#include "bridge/model_gate.hpp"
#include "bridge/ollama_facts.hpp"
#include "config/ollama_config.hpp"

namespace agenthub {

// A response of Ollama on its way to a client, with its place at the gate. Forgetting it before its end closes the
// connection to Ollama at once.
class ModelStream {
public:
    ModelStream(std::unique_ptr<ModelPass> pass, OutboundResponse response) noexcept
        : pass_(std::move(pass)), response_(std::move(response)) {}

    unsigned status() const noexcept { return response_.status(); }
    const HttpFields& fields() const noexcept { return response_.fields(); }
    std::string_view field(std::string_view name) const noexcept { return response_.field(name); }
    std::optional<std::uint64_t> length() const noexcept { return response_.length(); }
    // As OutboundResponse::read(). Its end, good or bad, counts for the breaker; a good one only if its beginning did
    // not.
    awaitable<result<std::size_t>> read(std::string& piece);

private:
    std::unique_ptr<ModelPass> pass_;
    OutboundResponse response_;
};

class OllamaClient final : public ModelBackend {
public:
    OllamaClient(Executor executor, const OllamaConfig& config);
    ~OllamaClient() override;

    // Asks from time to time whether Ollama is there, until it is cancelled.
    awaitable<void> run();
    // Requests under way go on where they began.
    void reconfigure(const OllamaConfig& config);

    awaitable<result<std::string>> generate(GenerateRequest request, Deadline deadline) override;
    awaitable<result<std::vector<float>>> embed(std::string model, std::string text, Deadline deadline) override;
    bool healthy() const noexcept override { return state_ == BackendState::up; }
    BreakerSnapshot breaker() const noexcept override { return gate_.breaker(); }
    void reset_breaker() override { gate_.close_breaker(); }

    // Sends what a client asks, as it is, once; returns with the header of the response, whatever its status. `client`
    // takes turns with others. The time between two reads is bounded by stream_timeout. Errors: as generate(), but for
    // those that are read from an answer.
    awaitable<result<ModelStream>> open_stream(OutboundRequest request, std::string client);

    OllamaFacts facts() const;
    const OllamaConfig& config() const noexcept { return config_; }

private:
    struct Answer {
        unsigned status = 0;
        std::string body;
    };

    result<void> ready() const;
    void make_client();
    void authorize(OutboundRequest& request) const;
    OutboundRequest json_request(std::string target, std::string body, Deadline deadline) const;
    awaitable<result<Answer>> ask(OutboundRequest request);
    awaitable<result<std::string>> ask_again(std::string target, std::string body, Deadline deadline, ModelPass& pass);
    awaitable<result<std::string>> ask_once(std::string target, std::string body, Deadline deadline, ModelPass& pass);
    result<std::string> judge(result<Answer> answer, ModelPass& pass, bool hurried);
    void note(const Error& error);
    void note(unsigned status, std::string_view answer);
    void change_state(BackendState state, std::string_view why);
    awaitable<void> probe();

    Executor executor_;
    OllamaConfig config_;
    ModelGate gate_;
    std::shared_ptr<HttpClient> http_;  // null when it is switched off; also of requests under way
    Error fault_;                       // why it is null
    BackendState state_ = BackendState::unknown;
    SteadyTimer next_probe_;
};

}  // namespace agenthub

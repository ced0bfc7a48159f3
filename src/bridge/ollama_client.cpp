// Asking Ollama.
// Owned by the gateway.

#include "bridge/ollama_client.hpp"

#include "base/call_outcome.hpp"
#include "bridge/ollama_words.hpp"

namespace agenthub {
namespace {

// The prototype's: three attempts in all, a second apart.
constexpr int kAttempts = 3;
constexpr Duration kPause = std::chrono::seconds(1);
// Of an answer that AgentHub itself reads.
constexpr std::size_t kAnswerBytes = 4u << 20;

using ollama_words::is_away;

// What a failure tells the breaker. When Ollama ends, the connections of all its requests break: that is one failure.
CallOutcome outcome_for_breaker(const Error& error) {
    return error.code == errc::upstream_failed ? CallOutcome::died : outcome_of(error);
}

// What a moment may cure.
bool is_passing(errc code) {
    return code == errc::upstream_unreachable || code == errc::upstream_failed || code == errc::call_timeout;
}

}  // namespace

std::string_view to_string(BackendState state) noexcept {
    switch (state) {
        case BackendState::unknown: return "unknown";
        case BackendState::up: return "up";
        case BackendState::down: return "down";
    }
    return "unknown";
}

awaitable<result<std::size_t>> ModelStream::read(std::string& piece) {
    auto n = co_await response_.read(piece);
    if (!n) {
        const Error error = n.error();
        pass_->settle(outcome_for_breaker(error));
        co_return ollama_words::advised(error, true);
    }
    if (*n == 0)
        pass_->settle(is_away(response_.status()) ? CallOutcome::failed : CallOutcome::answered);
    co_return n;
}

OllamaClient::OllamaClient(Executor executor, const OllamaConfig& config)
    : executor_(executor), config_(config), gate_(executor, config), next_probe_(executor) {
    make_client();
}

OllamaClient::~OllamaClient() = default;

void OllamaClient::make_client() {
    http_.reset();
    auto url = parse_http_url(config_.url);
    if (!config_.enabled && !config_.disabled_reason.empty())
        fault_ = Error(errc::server_disabled, "Ollama is switched off: " + config_.disabled_reason +
                                                  "; correct it and reload the configuration");
    else if (!config_.enabled)
        fault_ = Error(errc::server_disabled,
                       "Ollama is switched off in the configuration; set ollama.enabled and reload it to use models");
    else if (!url)
        fault_ = Error(errc::server_disabled, "ollama.url: " + url.error().message);
    if (!config_.enabled || !url)
        return;
    HttpClientOptions options;
    options.ca_file = config_.ca_file;
    options.connect_timeout = config_.connect_timeout;
    options.read_timeout = config_.timeout;
    options.buffer_bytes = config_.stream_buffer_bytes;
    options.pool.max_connections = 0;  // the gate bounds them
    http_ = std::make_shared<HttpClient>(executor_, std::move(*url), std::move(options));
}

void OllamaClient::reconfigure(const OllamaConfig& config) {
    if (config == config_)
        return;
    const bool other = config.url != config_.url || config.ca_file != config_.ca_file ||
                       config.api_key != config_.api_key || config.enabled != config_.enabled;
    config_ = config;
    gate_.reconfigure(config_);
    // What failed there says nothing of what is asked from now on.
    if (other)
        gate_.close_breaker("because ollama was configured anew");
    make_client();
    state_ = BackendState::unknown;
    next_probe_.cancel();
}

result<void> OllamaClient::ready() const {
    if (http_ == nullptr)
        return fault_;
    return {};
}

void OllamaClient::authorize(OutboundRequest& request) const {
    if (!config_.api_key.empty())
        request.fields.emplace_back("Authorization", "Bearer " + config_.api_key);
}

OutboundRequest OllamaClient::json_request(std::string target, std::string body, Deadline deadline) const {
    OutboundRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.target = std::move(target);
    if (!body.empty())
        request.fields.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    request.deadline = deadline;
    return request;
}

// One attempt, within the request's deadline.
awaitable<result<OllamaClient::Answer>> OllamaClient::ask(OutboundRequest request) {
    authorize(request);
    const auto http = http_;  // a reload may replace it meanwhile
    if (http == nullptr)
        co_return fault_;
    auto response = co_await http->send(std::move(request));
    if (!response)
        co_return response.error();
    auto body = co_await response->read_all(kAnswerBytes);
    if (!body)
        co_return body.error();
    Answer answer;
    answer.status = response->status();
    answer.body = std::move(*body);
    co_return std::move(answer);
}

// What an attempt means for the caller, the breaker and the state. Who is `hurried` gives up sooner than a model that
// works may need: that is no failure of Ollama, and many such requests must not keep everybody else from it.
result<std::string> OllamaClient::judge(result<Answer> answer, ModelPass& pass, bool hurried) {
    if (!answer) {
        Error error = answer.error();
        if (!hurried || error.code != errc::call_timeout)
            pass.settle(outcome_for_breaker(error));
        note(error);
        return ollama_words::advised(error, false);
    }
    pass.settle(is_away(answer->status) ? CallOutcome::failed : CallOutcome::answered);
    note(answer->status, answer->body);
    if (answer->status >= 400)
        return ollama_words::refusal(answer->status, answer->body);
    return std::move(answer->body);
}

awaitable<result<std::string>> OllamaClient::ask_once(std::string target, std::string body, Deadline deadline,
                                                      ModelPass& pass) {
    const Deadline limit = Deadline::after(config_.timeout).earlier(deadline);
    const bool hurried = deadline.remaining() < config_.timeout / 2;
    auto request = json_request(std::move(target), std::move(body), limit);
    auto answer = co_await ask(std::move(request));
    co_return judge(std::move(answer), pass, hurried);
}

awaitable<result<std::string>> OllamaClient::ask_again(std::string target, std::string body, Deadline deadline,
                                                       ModelPass& pass) {
    SteadyTimer pause(executor_);
    for (int attempt = 1;; ++attempt) {
        auto answer = co_await ask_once(target, body, deadline, pass);
        const bool again =
            !answer && is_passing(answer.error().code) && attempt < kAttempts && deadline.remaining() > kPause;
        if (!again)
            co_return answer;
        pause.expires_after(kPause);
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<result<std::string>> OllamaClient::generate(GenerateRequest request, Deadline deadline) {
    if (auto is_ready = ready(); !is_ready)
        co_return is_ready.error();
    ModelPass pass;
    std::string client = "enhancement";
    const auto entered = co_await gate_.enter(pass, std::move(client), deadline);
    if (!entered)
        co_return entered.error();
    const OllamaApi api = config_.api;
    const std::string model = request.model.empty() ? config_.model : request.model;
    std::string target(ollama_words::generate_path(api));
    std::string body = ollama_words::generate_body(api, request, model);
    const auto answer = co_await ask_again(std::move(target), std::move(body), deadline, pass);
    if (!answer)
        co_return answer.error();
    co_return ollama_words::generated_text(api, *answer);
}

awaitable<result<std::vector<float>>> OllamaClient::embed(std::string model, std::string text, Deadline deadline) {
    if (auto is_ready = ready(); !is_ready)
        co_return is_ready.error();
    ModelPass pass;
    std::string client = "enhancement";
    const auto entered = co_await gate_.enter(pass, std::move(client), deadline);
    if (!entered)
        co_return entered.error();
    const OllamaApi api = config_.api;
    std::string target(ollama_words::embed_path(api));
    std::string body = ollama_words::embed_body(api, model, text);
    const auto answer = co_await ask_once(std::move(target), std::move(body), deadline, pass);
    if (!answer)
        co_return answer.error();
    co_return ollama_words::embedded_vector(api, *answer);
}

awaitable<result<ModelStream>> OllamaClient::open_stream(OutboundRequest request, std::string client) {
    if (auto is_ready = ready(); !is_ready)
        co_return is_ready.error();
    auto pass = std::make_unique<ModelPass>();
    // A long body has limits of its own, so it may take any time until there is an answer.
    const bool may_probe = request.more == nullptr;
    const auto entered = co_await gate_.enter(*pass, std::move(client), request.deadline, may_probe);
    if (!entered)
        co_return entered.error();
    authorize(request);
    request.read_timeout = config_.stream_timeout;
    const auto http = http_;
    if (http == nullptr)
        co_return fault_;
    auto response = co_await http->send(std::move(request));
    if (!response) {
        const Error error = response.error();
        pass->settle(outcome_for_breaker(error));
        note(error);
        co_return ollama_words::advised(error, true);
    }
    note(response->status(), {});
    if (!is_away(response->status()))
        pass->begun();
    co_return ModelStream(std::move(pass), std::move(*response));
}

OllamaFacts OllamaClient::facts() const {
    OllamaFacts out;
    out.enabled = config_.enabled;
    out.state = state_;
    out.running = gate_.running();
    out.waiting = gate_.waiting();
    out.counters = gate_.counters();
    out.breaker = gate_.breaker();
    return out;
}

}  // namespace agenthub

// Whether Ollama is there: what the probe and the requests themselves show.
// Part of OllamaClient.

#include <boost/asio/redirect_error.hpp>

#include "base/log.hpp"
#include "bridge/ollama_client.hpp"
#include "bridge/ollama_words.hpp"

namespace agenthub {
namespace {

constexpr Duration kProbeLimit = std::chrono::seconds(5);
constexpr Duration kProbePeriod = std::chrono::seconds(10);
// Sooner while it is away: somebody may just be starting it.
constexpr Duration kProbePeriodDown = std::chrono::seconds(5);

}  // namespace

awaitable<void> OllamaClient::run() {
    boost::system::error_code ignored;
    for (;;) {
        const auto asked = http_;
        if (asked != nullptr)
            co_await probe();
        if (asked != http_)
            continue;
        next_probe_.expires_after(state_ == BackendState::down ? kProbePeriodDown : kProbePeriod);
        co_await next_probe_.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
}

awaitable<void> OllamaClient::probe() {
    const auto http = http_;
    std::string target(ollama_words::probe_path(config_.api));
    auto request = json_request(std::move(target), {}, Deadline::after(kProbeLimit));
    const auto answer = co_await ask(std::move(request));
    if (http != http_)
        co_return;  // that was another one: a reload has come between
    if (!answer && answer.error().code == errc::cancelled)
        co_return;
    if (answer)
        note(answer->status, answer->body);
    else
        change_state(BackendState::down, ollama_words::advised(answer.error(), false).message);
}

// A request that took too long says nothing: models may be slow.
void OllamaClient::note(const Error& error) {
    if (error.code == errc::upstream_unreachable)
        change_state(BackendState::down, ollama_words::advised(error, false).message);
}

// The same rule for whoever asked: else each request would contradict the probe.
void OllamaClient::note(unsigned status, std::string_view answer) {
    if (ollama_words::is_away(status))
        change_state(BackendState::down, ollama_words::refusal(status, answer).message);
    else
        change_state(BackendState::up, {});
}

void OllamaClient::change_state(BackendState state, std::string_view why) {
    if (state == state_)
        return;
    if (state == BackendState::up)
        log().info("ollama: {} answers", config_.url);
    else if (state_ == BackendState::up)
        log().warn("ollama: it is away: {}", why);
    else
        log().info("ollama: it is not there: {}", why);
    state_ = state;
}

}  // namespace agenthub

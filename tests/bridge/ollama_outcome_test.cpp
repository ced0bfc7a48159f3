// What the end of a question to Ollama tells of it: for the circuit breaker, and for whether it is there.

#include "tests/bridge/ollama_rig.hpp"

namespace agenthub {
namespace {

using namespace ollama_rig;
using namespace std::chrono_literals;

// A slow model and an impatient client: nobody else's requests are refused for that.
TEST(OllamaClient, running_out_of_a_small_budget_does_not_count_for_the_breaker) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.breaker_threshold = 3;
        OllamaClient ollama(rig.executor, config);
        for (int i = 0; i < 3; ++i) {
            Question<std::string> question(rig.executor);
            rig.tasks.spawn(ask(ollama.generate(request(), Deadline::after(300ms)), question), "question");
            auto peer = co_await rig.accept();
            co_await question.done.wait();
            EXPECT_EQ(question.outcome->error().code, errc::call_timeout);
        }
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed);
        EXPECT_EQ(ollama.breaker().total_failures, 0u);
    });
}

TEST(OllamaClient, running_out_of_most_of_its_own_time_counts) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.timeout = 400ms;
        OllamaClient ollama(rig.executor, config);
        Question<std::string> question(rig.executor);
        rig.tasks.spawn(ask(ollama.generate(request(), Deadline::after(300ms)), question), "question");
        auto peer = co_await rig.accept();
        co_await question.done.wait();
        EXPECT_EQ(question.outcome->error().code, errc::call_timeout);
        EXPECT_EQ(ollama.breaker().failure_count, 1u);
    });
}

// The probe finds it away; a request that gets the same answer must not find it back.
TEST(OllamaClient, a_proxy_whose_backend_is_away_is_no_sign_of_life) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        for (const char* status : {"502 Bad Gateway", "503 Service Unavailable", "500 Internal Server Error"}) {
            Question<std::string> question(rig.executor);
            rig.tasks.spawn(ask(ollama.generate(request(), Deadline()), question), "question");
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 " + std::string(status) +
                               "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            co_await question.done.wait();
            EXPECT_EQ(question.outcome->error().code, errc::upstream_refused) << status;
            EXPECT_EQ(ollama.facts().state, BackendState::unknown) << status;
        }
    });
}

}  // namespace
}  // namespace agenthub

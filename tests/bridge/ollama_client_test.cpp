// AgentHub's own questions to Ollama, with a server whose every byte the test says.

#include "tests/bridge/ollama_rig.hpp"

namespace agenthub {
namespace {

using namespace ollama_rig;
using namespace std::chrono_literals;

TEST(OllamaClient, generates_with_the_model_that_was_asked_for_or_the_configured_one) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.api_key = "the key";
        OllamaClient ollama(rig.executor, config);
        EXPECT_FALSE(ollama.healthy());
        for (const char* model : {"", "other"}) {
            Question<std::string> question(rig.executor);
            rig.tasks.spawn(ask(ollama.generate(request(model), Deadline()), question), "question");
            auto peer = co_await rig.accept();
            const std::string head = co_await peer.request();
            EXPECT_TRUE(head.starts_with("POST /api/generate HTTP/1.1\r\n")) << head;
            EXPECT_NE(head.find("Authorization: Bearer the key\r\n"), std::string::npos);
            EXPECT_NE(head.find("Content-Type: application/json\r\n"), std::string::npos);
            const std::string body = co_await peer.read_until("false}");
            EXPECT_NE(body.find(*model == 0 ? R"("model":"configured")" : R"("model":"other")"), std::string::npos);
            co_await peer.send(answer(R"({"response":"better"})", "Connection: close\r\n"));
            co_await question.done.wait();
            EXPECT_EQ(question.outcome->value(), "better");
        }
        EXPECT_TRUE(ollama.healthy());
        EXPECT_EQ(ollama.breaker().total_successes, 2u);
    });
}

TEST(OllamaClient, tries_three_times_when_the_connection_breaks) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        Question<std::string> question(rig.executor);
        rig.tasks.spawn(ask(ollama.generate(request(), Deadline()), question), "question");
        const TimePoint began = Clock::now();
        for (int attempt = 1; attempt <= 3; ++attempt) {
            auto peer = co_await rig.accept();
            co_await peer.request();
            if (attempt == 3)
                co_await peer.send(answer(R"({"response":"at last"})"));
        }
        co_await question.done.wait();
        EXPECT_EQ(question.outcome->value(), "at last");
        EXPECT_GE(Clock::now() - began, 1900ms) << "a second between two attempts";
        EXPECT_EQ(ollama.breaker().total_failures, 0u);
    });
}

TEST(OllamaClient, three_failed_attempts_are_one_failure) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        Question<std::string> question(rig.executor);
        rig.tasks.spawn(ask(ollama.generate(request(), Deadline()), question), "question");
        for (int attempt = 1; attempt <= 3; ++attempt) {
            auto peer = co_await rig.accept();
            co_await peer.request();
        }
        co_await question.done.wait();
        EXPECT_EQ(question.outcome->error().code, errc::upstream_failed);
        EXPECT_EQ(ollama.breaker().failure_count, 1u);
    });
}

TEST(OllamaClient, does_not_try_again_what_will_fail_again) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        for (const char* status : {"404 Not Found", "500 Internal Server Error", "400 Bad Request"}) {
            Question<std::string> question(rig.executor);
            rig.tasks.spawn(ask(ollama.generate(request(), Deadline()), question), "question");
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 " + std::string(status) +
                               "\r\nConnection: close\r\nContent-Length: 17\r\n\r\n{\"error\":\"words\"}");
            co_await question.done.wait();
            const Error error = question.outcome->error();
            EXPECT_EQ(error.code, *status == '4' && status[2] == '4' ? errc::model_unknown : errc::upstream_refused);
            EXPECT_NE(error.message.find("words"), std::string::npos);
        }
        EXPECT_EQ(ollama.facts().counters.requests, 3u);
        EXPECT_EQ(ollama.breaker().failure_count, 0u) << "it has answered";
        EXPECT_TRUE(ollama.healthy());
    });
}

TEST(OllamaClient, a_deadline_ends_all_attempts) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        Question<std::string> question(rig.executor);
        const TimePoint began = Clock::now();
        rig.tasks.spawn(ask(ollama.generate(request(), Deadline::after(200ms)), question), "question");
        auto peer = co_await rig.accept();
        co_await question.done.wait();
        EXPECT_EQ(question.outcome->error().code, errc::call_timeout);
        EXPECT_LT(Clock::now() - began, 15s);
        co_await peer.closed();
    });
}

TEST(OllamaClient, nobody_there_is_known_at_once) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.acceptor.close();
        OllamaClient ollama(rig.executor, config_of(rig));
        const auto answer = co_await ollama.embed("m", "text", Deadline());
        EXPECT_EQ(answer.error().code, errc::upstream_unreachable);
        EXPECT_EQ(ollama.facts().state, BackendState::down);
        EXPECT_EQ(ollama.breaker().failure_count, 1u);
    });
}

TEST(OllamaClient, embeds_in_either_dialect) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const OllamaApi api : {OllamaApi::native, OllamaApi::openai}) {
            OllamaConfig config = config_of(rig);
            config.api = api;
            OllamaClient ollama(rig.executor, config);
            Question<std::vector<float>> question(rig.executor);
            rig.tasks.spawn(ask(ollama.embed("m", "text", Deadline()), question), "question");
            auto peer = co_await rig.accept();
            const std::string head = co_await peer.request();
            const bool native = api == OllamaApi::native;
            EXPECT_TRUE(head.starts_with(native ? "POST /api/embed " : "POST /v1/embeddings ")) << head;
            co_await peer.send(answer(native ? R"({"embeddings":[[0.5,2]]})" : R"({"data":[{"embedding":[0.5,2]}]})"));
            co_await question.done.wait();
            const std::vector<float> expected{0.5F, 2.0F};
            EXPECT_EQ(question.outcome->value(), expected);
        }
    });
}

TEST(OllamaClient, says_that_it_is_switched_off_or_has_no_usable_address) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig off = config_of(rig);
        off.enabled = false;
        OllamaConfig wrong = config_of(rig);
        wrong.url = "ollama";
        for (const OllamaConfig* each : {&off, &wrong}) {
            const OllamaConfig& config = *each;
            OllamaClient ollama(rig.executor, config);
            const auto answer = co_await ollama.generate(request(), Deadline());
            EXPECT_EQ(answer.error().code, errc::server_disabled);
            EXPECT_EQ(ollama.facts().enabled, config.enabled);
        }
    });
}

TEST(OllamaClient, its_probe_finds_out_whether_it_is_there) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        TaskGroup probing(rig.executor);
        probing.spawn(ollama.run(), "probe");
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_TRUE(head.starts_with("GET /api/tags ")) << head;
        EXPECT_EQ(ollama.facts().state, BackendState::unknown);
        co_await peer.send(answer(R"({"models":[]})"));
        co_await rig.until([&] { return ollama.healthy(); });
        // Another one, of another dialect: asked at once.
        OllamaConfig other = config_of(rig);
        other.api = OllamaApi::openai;
        ollama.reconfigure(other);
        EXPECT_EQ(ollama.facts().state, BackendState::unknown);
        auto second = co_await rig.accept();
        const std::string again = co_await second.request();
        EXPECT_TRUE(again.starts_with("GET /v1/models ")) << again;
        co_await second.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        co_await rig.until([&] { return ollama.facts().state == BackendState::down; });
        probing.cancel();
        co_await probing.join();
    });
}

TEST(OllamaClient, a_stream_that_is_forgotten_frees_its_place_and_its_connection) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        Question<ModelStream> question(rig.executor);
        OutboundRequest out;
        rig.tasks.spawn(ask(ollama.open_stream(std::move(out), "client"), question), "question");
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        co_await question.done.wait();
        EXPECT_EQ(ollama.facts().running, 1u);
        question.outcome.reset();
        EXPECT_EQ(ollama.facts().running, 0u);
        co_await peer.closed();
        EXPECT_EQ(ollama.breaker().total_failures, 0u);
    });
}

}  // namespace
}  // namespace agenthub

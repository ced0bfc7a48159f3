// What counts as a failure of Ollama and what does not, with a server whose every byte the test says.

#include <gtest/gtest.h>

#include "bridge/ollama_client.hpp"
#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr char kHead[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

OllamaConfig config_of(const PeerRig& rig) {
    OllamaConfig config;
    config.url = rig.url();
    return config;
}

// A request that is passed through, and what comes of it.
struct Passed {
    explicit Passed(Executor executor) : done(executor) {}
    Event done;
    std::optional<result<ModelStream>> stream;
    std::optional<Error> failure;  // of a read
    std::size_t bytes = 0;
};

awaitable<void> read_on(Passed& out) {
    std::string piece;
    for (;;) {
        const auto n = co_await out.stream->value().read(piece);
        if (!n)
            out.failure = n.error();
        if (!n || *n == 0)
            break;
        out.bytes += *n;
    }
    out.done.notify();
}

awaitable<void> open(OllamaClient& ollama, OutboundRequest request, Passed& out) {
    auto opened = co_await ollama.open_stream(std::move(request), "client");
    out.stream.emplace(std::move(opened));
    out.done.notify();
}

awaitable<void> embed(OllamaClient& ollama, Deadline deadline, std::optional<Error>& failure, Event& done) {
    const auto answer = co_await ollama.embed("m", "text", deadline);
    if (!answer)
        failure = answer.error();
    done.notify();
}

awaitable<void> break_once(PeerRig& rig, OllamaClient& ollama) {
    Passed passed(rig.executor);
    OutboundRequest request;
    rig.tasks.spawn(open(ollama, std::move(request), passed), "request");
    auto peer = co_await rig.accept();
    co_await peer.request();
    peer.close();
    co_await passed.done.wait();
    EXPECT_EQ(passed.stream->error().code, errc::upstream_failed);
}

TEST(OllamaBreaker, who_gives_up_sooner_than_a_model_may_need_tells_nothing_of_it) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        Event done(rig.executor);
        for (int i = 0; i < 3; ++i) {
            std::optional<Error> failure;
            rig.tasks.spawn(embed(ollama, Deadline::after(300ms), failure, done), "request");
            auto peer = co_await rig.accept();
            co_await done.wait();
            CO_REQUIRE(failure.has_value());
            EXPECT_EQ(failure->code, errc::call_timeout);
        }
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed);
        EXPECT_EQ(ollama.breaker().total_failures, 0u);
    });
}

TEST(OllamaBreaker, a_model_that_does_not_answer_in_the_time_it_is_given_fails) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.timeout = 100ms;
        OllamaClient ollama(rig.executor, config);
        Event done(rig.executor);
        std::optional<Error> failure;
        rig.tasks.spawn(embed(ollama, Deadline(), failure, done), "request");
        auto peer = co_await rig.accept();
        co_await done.wait();
        EXPECT_EQ(ollama.breaker().failure_count, 1u);
    });
}

TEST(OllamaBreaker, clients_that_leave_while_it_thinks_or_speaks_are_no_failures) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.breaker_threshold = 1;
        OllamaClient ollama(rig.executor, config);
        for (const bool speaks : {false, true}) {
            Passed passed(rig.executor);
            TaskGroup client(rig.executor);
            OutboundRequest request;
            client.spawn(open(ollama, std::move(request), passed), "request");
            auto peer = co_await rig.accept();
            co_await peer.request();
            if (speaks) {
                co_await peer.send(kHead);
                co_await passed.done.wait();
                client.spawn(read_on(passed), "reader");
                co_await peer.send("3\r\none\r\n");
                co_await rig.until([&] { return passed.bytes == 3; });
            }
            client.cancel();
            co_await client.join();
            passed.stream.reset();
            co_await peer.closed();
        }
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed);
        EXPECT_EQ(ollama.facts().counters.failures, 0u);
    });
}

TEST(OllamaBreaker, a_probe_that_is_broken_off_does_not_say_that_it_is_away) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        TaskGroup probing(rig.executor);
        probing.spawn(ollama.run(), "probe");
        auto peer = co_await rig.accept();
        co_await peer.request();
        probing.cancel();
        co_await probing.join();
        EXPECT_EQ(ollama.facts().state, BackendState::unknown);
    });
}

TEST(OllamaBreaker, closes_when_the_request_that_it_tries_begins_to_be_answered) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.breaker_threshold = 1;
        config.breaker_recovery = 10ms;
        OllamaClient ollama(rig.executor, config);
        co_await break_once(rig, ollama);
        co_await rig.until([&] { return ollama.breaker().state == BreakerState::half_open; });
        Passed first(rig.executor);
        OutboundRequest request;
        rig.tasks.spawn(open(ollama, std::move(request), first), "request");
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send(kHead);
        co_await first.done.wait();
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed) << "though its stream goes on";
        Passed second(rig.executor);
        OutboundRequest other;
        rig.tasks.spawn(open(ollama, std::move(other), second), "request");
        auto other_peer = co_await rig.accept();
        co_await other_peer.request();
        co_await other_peer.send(answer("ok"));
        co_await second.done.wait();
        EXPECT_TRUE(second.stream->has_value());
        second.stream.reset();
        co_await peer.send("0\r\n\r\n");
        rig.tasks.spawn(read_on(first), "reader");
        co_await first.done.wait();
        first.stream.reset();
        EXPECT_EQ(ollama.breaker().total_successes, 1u) << "the end of the stream is not counted again";
    });
}

TEST(OllamaBreaker, streams_that_break_together_are_one_failure) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        std::deque<Passed> streams;
        std::deque<PeerConnection> peers;
        for (int i = 0; i < 4; ++i) {
            Passed& passed = streams.emplace_back(rig.executor);
            OutboundRequest request;
            rig.tasks.spawn(open(ollama, std::move(request), passed), "request");
            auto accepted = co_await rig.accept();
            PeerConnection& peer = peers.emplace_back(std::move(accepted));
            co_await peer.request();
            co_await peer.send(kHead);
            co_await passed.done.wait();
        }
        for (PeerConnection& peer : peers)
            peer.close();
        for (Passed& passed : streams) {
            rig.tasks.spawn(read_on(passed), "reader");
            co_await passed.done.wait();
            CO_REQUIRE(passed.failure.has_value());
            EXPECT_EQ(passed.failure->code, errc::upstream_failed);
            passed.stream.reset();
        }
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed);
        EXPECT_EQ(ollama.breaker().failure_count, 1u);
        EXPECT_EQ(ollama.facts().counters.failures, 4u);
    });
}

TEST(OllamaBreaker, another_address_is_tried_at_once) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config = config_of(rig);
        config.breaker_threshold = 1;
        OllamaClient ollama(rig.executor, config);
        co_await break_once(rig, ollama);
        EXPECT_EQ(ollama.breaker().state, BreakerState::open);
        config.model = "another";
        ollama.reconfigure(config);
        EXPECT_EQ(ollama.breaker().state, BreakerState::open) << "it is the same Ollama";
        config.url = "http://localhost:" + std::to_string(rig.port);
        ollama.reconfigure(config);
        EXPECT_EQ(ollama.breaker().state, BreakerState::closed);
    });
}

TEST(OllamaBreaker, the_state_is_that_of_the_last_status) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaClient ollama(rig.executor, config_of(rig));
        for (const char* status : {"503 Service Unavailable", "500 Internal Server Error"}) {
            Passed passed(rig.executor);
            OutboundRequest request;
            rig.tasks.spawn(open(ollama, std::move(request), passed), "request");
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 " + std::string(status) +
                               "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            co_await passed.done.wait();
            EXPECT_EQ(ollama.facts().state, status[2] == '3' ? BackendState::down : BackendState::up) << status;
        }
    });
}

}  // namespace
}  // namespace agenthub

// Which connections are kept, for how long, and what happens when one has died meanwhile.

#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

// Asks and answers on a new connection; the client keeps it.
awaitable<PeerConnection> kept_connection(PeerRig& rig, std::string fields = {}) {
    Asked& asked = rig.get();
    auto peer = co_await rig.accept();
    co_await peer.request();
    const std::string text = answer("x", fields);
    co_await peer.send(text);
    co_await asked.done.wait();
    const auto all = co_await asked.response().read_all(10);
    EXPECT_EQ(*all, "x");
    co_return peer;
}

TEST(HttpClientReuse, the_next_request_takes_the_connection_of_the_last) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig);
        EXPECT_EQ(rig.client().idle(), 1u);
        for (const std::string target : {"/second", "/third"}) {
            Asked& asked = rig.get(target);
            const std::string head = co_await peer.request();
            EXPECT_TRUE(head.starts_with("GET " + target)) << head;
            EXPECT_EQ(rig.client().idle(), 0u);
            co_await peer.send(answer("y"));
            co_await asked.done.wait();
            const auto all = co_await asked.response().read_all(10);
            EXPECT_EQ(*all, "y");
        }
        EXPECT_EQ(rig.client().idle(), 1u);
    });
}

TEST(HttpClientReuse, what_may_not_be_used_again_is_closed) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const std::string fields : {"Connection: close\r\n", "Keep-Alive: timeout=0\r\n"}) {
            auto peer = co_await kept_connection(rig, fields);
            EXPECT_EQ(rig.client().idle(), 0u) << fields;
            co_await peer.closed();
        }
        // Bytes that belong to no request.
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send(answer("x") + answer("unasked"));
        co_await asked.done.wait();
        const auto all = co_await asked.response().read_all(10);
        EXPECT_EQ(*all, "x");
        EXPECT_EQ(rig.client().idle(), 0u);
        co_await peer.closed();
    });
}

TEST(HttpClientReuse, keeps_as_many_as_it_may_and_no_more) {
    HttpClientOptions options;
    options.pool.max_idle = 2;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            std::vector<PeerConnection> peers;
            std::vector<Asked*> asked;
            for (int i = 0; i < 3; ++i) {
                asked.push_back(&rig.get());
                peers.push_back(co_await rig.accept());
            }
            std::size_t idle = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                co_await peers[i].request();
                co_await peers[i].send(answer(""));
                co_await asked[i]->done.wait();
                idle = std::min<std::size_t>(i + 1, 2);
                EXPECT_EQ(rig.client().idle(), idle);
            }
            // The one that was idle longest gave way.
            co_await peers[0].closed();
        },
        options);
}

TEST(HttpClientReuse, idle_connections_end_when_their_time_is_over) {
    HttpClientOptions options;
    options.pool.idle_timeout = 100ms;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            auto peer = co_await kept_connection(rig);
            const TimePoint began = Clock::now();
            co_await peer.closed();
            EXPECT_GE(Clock::now() - began, 50ms);
            EXPECT_EQ(rig.client().idle(), 0u);
        },
        options);
}

TEST(HttpClientReuse, the_server_says_how_long_it_waits_for_the_next_request) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig, "Keep-Alive: timeout=1, max=5\r\n");
        EXPECT_EQ(rig.client().idle(), 1u);
        co_await peer.closed();  // half a second before the server would; by itself only after a minute
    });
}

TEST(HttpClientReuse, a_connection_that_the_server_closed_while_it_was_idle_is_not_used) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig);
        peer.close();
        co_await rig.turn();
        Asked& asked = rig.post("only once");
        auto second = co_await rig.accept();
        const std::string body = co_await second.read_until("only once");
        EXPECT_NE(body.find("POST / "), std::string::npos);
        co_await second.send(answer("ok"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
    });
}

TEST(HttpClientReuse, what_changes_nothing_is_asked_again_when_an_idle_connection_dies_under_it) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig);
        Asked& asked = rig.get("/again");
        co_await peer.request();
        peer.close();
        auto second = co_await rig.accept();
        const std::string head = co_await second.request();
        EXPECT_TRUE(head.starts_with("GET /again ")) << head;
        co_await second.send(answer("ok"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
    });
}

TEST(HttpClientReuse, it_is_asked_again_only_once_and_not_when_an_answer_had_begun) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig);
        Asked& asked = rig.get("/again");
        co_await peer.request();
        peer.close();
        auto second = co_await rig.accept();
        co_await second.request();
        second.close();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_failed);

        auto third = co_await kept_connection(rig);
        Asked& begun = rig.get("/begun");
        co_await third.request();
        co_await third.send("HTTP/1.1 200 OK\r\nCont");
        third.close();
        co_await begun.done.wait();
        EXPECT_EQ(begun.code(), errc::upstream_failed);
        EXPECT_NE(begun.outcome->error().message.find("in the middle"), std::string::npos);
    });
}

TEST(HttpClientReuse, what_may_have_been_carried_out_is_not_sent_again) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        auto peer = co_await kept_connection(rig);
        Asked& asked = rig.post("charge my card");
        co_await peer.read_until("charge my card");
        peer.close();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_failed);
        EXPECT_EQ(retry_class_of(asked.code()), retry_class::started_unknown);
    });
}

TEST(HttpClientReuse, nothing_is_sent_again_over_a_new_connection) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        peer.close();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_failed);
    });
}

TEST(HttpClientReuse, opens_as_many_connections_as_it_may_and_no_more) {
    HttpClientOptions options;
    options.pool.max_connections = 2;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            Asked& first = rig.get();
            Asked& second = rig.get();
            auto peer = co_await rig.accept();
            auto other = co_await rig.accept();
            Asked& third = rig.get();
            co_await third.done.wait();
            EXPECT_EQ(third.code(), errc::busy);
            EXPECT_FALSE(first.outcome || second.outcome);
            co_await peer.send(answer(""));
            co_await rig.until([&] { return first.outcome || second.outcome; });
            (first.outcome ? first : second).outcome.reset();
            Asked& fourth = rig.get();
            co_await rig.turn();
            EXPECT_FALSE(fourth.outcome);
        },
        options);
}

}  // namespace
}  // namespace agenthub

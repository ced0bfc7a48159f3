// Servers that are not there, silent, slow, or no HTTP servers at all.

#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

TEST(HttpClientFaults, nobody_listens) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.acceptor.close();
        Asked& asked = rig.get();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_unreachable);
        EXPECT_EQ(retry_class_of(asked.code()), retry_class::not_started);
        EXPECT_EQ(asked.outcome->error().message, "no connection to " + rig.url() + ": Connection refused");
        EXPECT_EQ(rig.client().in_use(), 0u);
    });
}

TEST(HttpClientFaults, a_handshake_that_never_ends_costs_the_connect_timeout) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        HttpClientOptions options;
        options.connect_timeout = 100ms;
        rig.use("https://127.0.0.1:" + std::to_string(rig.port), options);
        Asked& asked = rig.get();
        const TimePoint began = Clock::now();
        auto peer = co_await rig.accept();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_unreachable);
        EXPECT_NE(asked.outcome->error().message.find("it was not there in time"), std::string::npos);
        EXPECT_GE(Clock::now() - began, 90ms);
        co_await peer.closed();
    });
}

TEST(HttpClientFaults, a_server_that_never_answers_costs_the_read_timeout) {
    HttpClientOptions options;
    options.read_timeout = 100ms;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await asked.done.wait();
            EXPECT_EQ(asked.code(), errc::call_timeout);
            EXPECT_NE(asked.outcome->error().message.find("nothing came for 100 ms"), std::string::npos)
                << asked.outcome->error().message;
            co_await peer.closed();
        },
        options);
}

TEST(HttpClientFaults, a_body_that_stands_still_costs_the_read_timeout_and_one_that_moves_does_not) {
    HttpClientOptions options;
    options.read_timeout = 200ms;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            co_await asked.done.wait();
            const TimePoint began = Clock::now();
            std::string piece;
            SteadyTimer pause(rig.executor);
            while (Clock::now() - began < 400ms) {
                pause.expires_after(50ms);
                co_await pause.async_wait(use_awaitable);
                co_await peer.send("x");
                const auto n = co_await asked.response().read(piece);
                CO_REQUIRE(n.has_value());
            }
            const auto n = co_await asked.response().read(piece);
            CO_REQUIRE(!n.has_value());
            EXPECT_EQ(n.error().code, errc::call_timeout);
            const auto again = co_await asked.response().read(piece);
            EXPECT_EQ(again.error().code, errc::call_timeout);
            co_await peer.closed();
        },
        options);
}

TEST(HttpClientFaults, a_deadline_holds_for_everything_together) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OutboundRequest request;
        request.deadline = Deadline::after(100ms);
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        co_await asked.done.wait();
        const auto all = co_await asked.response().read_all(100);
        CO_REQUIRE(!all.has_value());
        EXPECT_EQ(all.error().code, errc::call_timeout);
        co_await peer.closed();
    });
}

TEST(HttpClientFaults, a_request_may_have_a_read_timeout_of_its_own) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OutboundRequest request;
        request.read_timeout = 100ms;
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::call_timeout);
    });
}

TEST(HttpClientFaults, a_body_that_breaks_off_is_no_whole_body) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const std::string text :
             {"Content-Length: 9\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 200 OK\r\n" + text);
            co_await asked.done.wait();
            std::string piece;
            const auto half = co_await asked.response().read(piece);
            CO_REQUIRE(half.has_value());
            EXPECT_EQ(piece, "half");
            peer.close();
            const auto n = co_await asked.response().read(piece);
            CO_REQUIRE(!n.has_value());
            EXPECT_EQ(n.error().code, errc::upstream_failed);
        }
    });
}

TEST(HttpClientFaults, what_is_no_http_is_refused) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const char* text : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc\r\n\r\n",
                                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"}) {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send(text);
            co_await asked.done.wait();
            EXPECT_EQ(asked.code(), errc::upstream_failed) << text;
            co_await peer.closed();
        }
    });
}

TEST(HttpClientFaults, a_chunk_that_is_none_ends_the_body_with_an_error) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        co_await asked.done.wait();
        co_await peer.send("zz\r\nhello\r\n");
        std::string piece;
        const auto n = co_await asked.response().read(piece);
        CO_REQUIRE(!n.has_value());
        EXPECT_EQ(n.error().code, errc::upstream_failed);
    });
}

TEST(HttpClientFaults, a_header_has_its_limit) {
    HttpClientOptions options;
    options.header_bytes = 1024;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nX: ";
            for (const std::size_t size : {1024u, 1025u}) {
                Asked& asked = rig.get();
                auto peer = co_await rig.accept();
                co_await peer.request();
                co_await peer.send(start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n");
                co_await asked.done.wait();
                EXPECT_EQ(asked.outcome->has_value(), size == 1024) << size;
            }
        },
        options);
}

TEST(HttpClientFaults, a_chunk_header_that_does_not_end_is_not_kept) {
    HttpClientOptions options;
    options.header_bytes = 1024;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            co_await asked.done.wait();
            co_await peer.send("1;" + std::string(100'000, 'x'));
            std::string piece;
            const auto n = co_await asked.response().read(piece);
            CO_REQUIRE(!n.has_value());
            EXPECT_EQ(n.error().code, errc::upstream_failed);
        },
        options);
}

}  // namespace
}  // namespace agenthub

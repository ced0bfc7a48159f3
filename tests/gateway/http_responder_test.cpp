// The responder alone, on one end of a pair of sockets.

#include "gateway/http_responder.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <boost/asio/post.hpp>

#include <array>

#include "tests/support/live_bytes.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

struct ResponderRig {
    explicit ResponderRig(asio::io_context& loop) : executor(loop.get_executor()), tasks(executor) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
        const asio::generic::stream_protocol protocol(AF_UNIX, 0);
        socket.emplace(executor, protocol, ends[0]);
        client.emplace(executor, protocol, ends[1]);
        responder.emplace(*socket, io_deadline, Duration(60'000), tasks);
        responder->begin(Uuid(), 11, true, false);
    }

    awaitable<void> turns() {
        for (int i = 0; i < 20; ++i)
            co_await asio::post(executor, use_awaitable);
    }
    awaitable<void> pause(Duration time) {
        SteadyTimer timer(executor, Clock::now() + time);
        co_await timer.async_wait(use_awaitable);
    }
    // What is there, up to so many bytes.
    std::string take(std::size_t most) {
        std::string out(most, '\0');
        const auto n = ::recv(client->native_handle(), out.data(), out.size(), MSG_DONTWAIT);
        out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return out;
    }

    Executor executor;
    TaskGroup tasks;
    TimePoint io_deadline = TimePoint::max();
    std::optional<HttpSocket> socket;
    std::optional<HttpSocket> client;
    std::optional<HttpResponder> responder;
};

awaitable<void> run_and_stop(awaitable<void> (*body)(ResponderRig&), ResponderRig& rig) {
    co_await body(rig);
    rig.tasks.cancel();
    co_await rig.tasks.join();
}

awaitable<void> run_bounded(awaitable<void> task, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(30)));
}

void with_responder(awaitable<void> (*body)(ResponderRig&)) {
    asio::io_context loop;
    ResponderRig rig(loop);
    bool ended = false;
    auto task = run_and_stop(body, rig);
    run_to_end(loop, run_bounded(std::move(task), ended));
    ASSERT_TRUE(ended) << "the test did not end within 30 s";
}

awaitable<void> write(HttpResponder& responder, std::string piece, bool& written) {
    const bool begun = co_await responder.begin_body(200, "text/plain", {}, std::nullopt);
    EXPECT_TRUE(begun);
    written = co_await responder.write_piece(piece);
    co_await responder.end_body();
}

TEST(HttpResponder, a_long_piece_has_a_limit_for_each_part_of_it) {
    with_responder([](ResponderRig& rig) -> awaitable<void> {
        std::string piece(4u << 20, 'x');
        const std::size_t size = piece.size();
        bool written = false;
        rig.tasks.spawn(write(*rig.responder, std::move(piece), written), "write");
        co_await rig.turns();
        const TimePoint first = rig.io_deadline;
        EXPECT_NE(first, TimePoint::max()) << "it waits for the reader";
        co_await rig.pause(10ms);
        std::string all = rig.take(1u << 20);
        co_await rig.turns();
        EXPECT_GT(rig.io_deadline, first);
        while (!written || !all.ends_with("0\r\n\r\n")) {
            all += rig.take(1u << 20);
            co_await rig.turns();
        }
        const auto begin = all.find("400000\r\n");
        EXPECT_NE(begin, std::string::npos) << "one chunk of that size";
        EXPECT_EQ(all.substr(begin + 8), std::string(size, 'x') + "\r\n0\r\n\r\n");
    });
}

awaitable<void> wait_for_leaving(HttpResponder& responder, bool& left) {
    co_await responder.client_leaves();
    left = true;
}

TEST(HttpResponder, sees_a_client_leave_that_has_sent_more) {
    with_responder([](ResponderRig& rig) -> awaitable<void> {
        EXPECT_EQ(::send(rig.client->native_handle(), "\r\n", 2, 0), 2);
        bool left = false;
        rig.tasks.spawn(wait_for_leaving(*rig.responder, left), "watch");
        co_await rig.pause(120ms);
        EXPECT_FALSE(left) << "it may be its next request";
        rig.client->close();
        const TimePoint closed = Clock::now();
        while (!left)
            co_await rig.turns();
        EXPECT_LT(Clock::now() - closed, 5s);
    });
}

awaitable<void> nothing_goes_out_before_the_release(ResponderRig& rig) {
    HttpReply reply;
    reply.body = "{}";
    rig.responder->hold();
    co_await rig.responder->send(reply);
    co_await rig.turns();
    EXPECT_EQ(rig.take(1000), "");
    EXPECT_EQ(rig.responder->status(), 200u);
    EXPECT_EQ(rig.responder->body_bytes(), 2u);
    EXPECT_EQ(rig.responder->held_body(), "{}");
    co_await rig.responder->release();
    const std::string written = rig.take(1000);
    EXPECT_TRUE(written.starts_with("HTTP/1.1 200 OK\r\n")) << written;
    EXPECT_TRUE(written.ends_with("\r\n\r\n{}")) << written;
    EXPECT_FALSE(rig.responder->is_held());
}

TEST(HttpResponder, holds_a_reply_back_until_it_is_released) {
    with_responder(nothing_goes_out_before_the_release);
}

awaitable<void> another_reply_takes_its_place(ResponderRig& rig) {
    const auto message =
        mcp::Message::parse(R"({"jsonrpc":"2.0","id":0,"result":{"secret":")" + std::string(40'000, 'x') + R"("}})");
    rig.responder->hold();
    co_await rig.responder->send_message(*message, "7");
    EXPECT_TRUE(rig.responder->held_body().starts_with(R"({"jsonrpc":"2.0","id":7,)"));
    HttpReply reply;
    reply.status = 503;
    reply.body = "{}";
    co_await rig.responder->send_instead(reply);
    const std::string written = rig.take(100'000);
    EXPECT_TRUE(written.starts_with("HTTP/1.1 503 ")) << written.substr(0, 100);
    EXPECT_EQ(written.find("secret"), std::string::npos);
    EXPECT_EQ(rig.responder->status(), 503u);
}

TEST(HttpResponder, sends_another_reply_in_the_place_of_the_held_one) {
    with_responder(another_reply_takes_its_place);
}

awaitable<void> a_body_in_pieces_is_not_held(ResponderRig& rig) {
    rig.responder->hold();
    const bool begun = co_await rig.responder->begin_body(200, "text/plain", "", 2);
    EXPECT_TRUE(begun);
    EXPECT_NE(rig.take(1000), "");
    EXPECT_FALSE(rig.responder->is_held());
    co_await rig.responder->release();
    EXPECT_EQ(rig.take(1000), "");
}

TEST(HttpResponder, holds_no_body_that_comes_in_pieces) {
    with_responder(a_body_in_pieces_is_not_held);
}

// A connection keeps no large reply that it held back.
TEST(HttpResponder, gives_back_a_large_reply_that_was_held) {
    with_responder([](ResponderRig& rig) -> awaitable<void> {
        HttpReply reply;
        reply.body.assign(150'000, 'x');
        rig.responder->hold();
        co_await rig.responder->send(reply);
        const std::size_t held = test::live_bytes();
        co_await rig.responder->release();
        EXPECT_LT(test::live_bytes() + 150'000, held + 1'000);
        EXPECT_GT(rig.take(200'000).size(), 150'000U);
    });
}

}  // namespace
}  // namespace agenthub

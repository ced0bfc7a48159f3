// Long bodies that are passed on while they come, from clients that stall, trickle, leave or send what is none.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>

#include "gateway/http_connection.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMiB = 1u << 20;

// Takes whatever comes and notes how it ended.
class Taker final : public HttpHandler {
public:
    std::optional<HttpReply> admit(HttpRequest& request, HttpResponder&) override {
        request.takes_pieces = true;
        return std::nullopt;
    }
    awaitable<void> handle(HttpRequest& request, HttpResponder& responder) override {
        began = true;
        bytes = request.body.size();
        std::string piece;
        while (request.rest != nullptr) {
            const auto more = co_await request.rest->next(piece);
            if (!more)
                failure = more.error();
            if (!more || !*more)
                break;
            bytes += piece.size();
        }
        is_over = request.rest == nullptr || request.rest->is_over();
        HttpReply reply;
        co_await responder.send(reply);
        ended = true;
    }
    void refused(const HttpRequest&, const HttpResponder& responder, std::string_view) override {
        refusal = responder.status();
    }
    HttpReply error_reply(std::string_view, unsigned status, std::string_view why) override {
        return detail_reply(status, why);
    }

    bool began = false;
    bool ended = false;
    bool is_over = false;
    std::size_t bytes = 0;
    unsigned refusal = 0;
    std::optional<Error> failure;
};

struct RestRig {
    RestRig(asio::io_context& loop, Limits l) : executor(loop.get_executor()), limits(l), tasks(executor) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        const asio::generic::stream_protocol protocol(AF_UNIX, 0);
        HttpSocket server(executor, protocol, ends[0]);
        client.emplace(executor, protocol, ends[1]);
        connection = std::make_shared<HttpConnection>(std::move(server), HttpConnection::Peer{"unix", true, 0}, limits,
                                                      taker, ids, tasks);
        tasks.spawn(connection->run(), "connection");
    }

    // As far as the server takes it.
    awaitable<void> send(std::string bytes) {
        boost::system::error_code ignored;
        const auto buffer = asio::buffer(bytes);
        co_await asio::async_write(*client, buffer, asio::redirect_error(use_awaitable, ignored));
    }
    template <class Condition>
    awaitable<void> until(Condition condition) {
        while (!condition())
            co_await asio::post(executor, use_awaitable);
    }
    awaitable<void> pause(Duration time) {
        SteadyTimer timer(executor, Clock::now() + time);
        co_await timer.async_wait(use_awaitable);
    }
    // A byte now and then, and the listener's look at the time, as long as it is borne.
    awaitable<void> trickle(std::string byte, const bool& borne_no_more, Duration limit) {
        const TimePoint began = Clock::now();
        while (!borne_no_more && Clock::now() - began < limit) {
            co_await send(byte);
            co_await pause(20ms);
            connection->expire(Clock::now());
        }
        EXPECT_TRUE(borne_no_more) << "it trickled on";
    }

    Executor executor;
    Limits limits;
    Taker taker;
    RequestIds ids;
    TaskGroup tasks;
    std::optional<HttpSocket> client;
    std::shared_ptr<HttpConnection> connection;
};

awaitable<void> run_and_stop(awaitable<void> (*body)(RestRig&), RestRig& rig) {
    co_await body(rig);
    rig.client->close();
    rig.tasks.cancel();
    co_await rig.tasks.join();
}

awaitable<void> run_bounded(awaitable<void> task, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(30)));
}

void with_rest(awaitable<void> (*body)(RestRig&), Duration body_timeout = 60s) {
    Limits limits;
    limits.body_timeout = body_timeout;
    asio::io_context loop;
    RestRig rig(loop, limits);
    bool ended = false;
    auto task = run_and_stop(body, rig);
    run_to_end(loop, run_bounded(std::move(task), ended));
    ASSERT_TRUE(ended) << "the test did not end within 30 s";
}

std::string head(std::string_view fields) {
    return "POST /x HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n\r\n";
}

TEST(HttpRest, comes_whole) {
    with_rest([](RestRig& rig) -> awaitable<void> {
        co_await rig.send(head("Content-Length: 3145728"));
        co_await rig.send(std::string(3 * kMiB, 'x'));
        co_await rig.until([&] { return rig.taker.ended; });
        EXPECT_EQ(rig.taker.bytes, 3 * kMiB);
        EXPECT_TRUE(rig.taker.is_over);
        EXPECT_FALSE(rig.taker.failure.has_value());
    });
}

TEST(HttpRest, that_stalls_is_the_clients_fault_and_no_leaving) {
    with_rest([](RestRig& rig) -> awaitable<void> {
        co_await rig.send(head("Content-Length: 3145728"));
        co_await rig.send(std::string(2 * kMiB, 'x'));
        co_await rig.until([&] { return rig.taker.bytes == 2 * kMiB; });
        // It waits for more by now, and its time is up.
        co_await rig.pause(10ms);
        rig.connection->expire(Clock::now() + 61s);
        co_await rig.until([&] { return rig.taker.ended; });
        EXPECT_EQ(rig.taker.failure->code, errc::timeout);
        EXPECT_NE(rig.taker.failure->message.find("limits.body_timeout"), std::string::npos);
        EXPECT_FALSE(rig.taker.is_over);
    });
}

TEST(HttpRest, that_trickles_is_given_up) {
    with_rest(
        [](RestRig& rig) -> awaitable<void> {
            co_await rig.send(head("Content-Length: 3145728"));
            co_await rig.send(std::string(kMiB + 100'000, 'x'));
            co_await rig.trickle("x", rig.taker.ended, 5s);
            EXPECT_EQ(rig.taker.failure->code, errc::timeout);
        },
        200ms);
}

TEST(HttpRest, whose_beginning_trickles_is_refused) {
    with_rest(
        [](RestRig& rig) -> awaitable<void> {
            co_await rig.send(head("Content-Length: 100000"));
            bool is_refused = false;
            const TimePoint began = Clock::now();
            while (!is_refused && Clock::now() - began < 5s) {
                co_await rig.send("x");
                co_await rig.pause(20ms);
                rig.connection->expire(Clock::now());
                is_refused = rig.taker.refusal != 0;
            }
            EXPECT_EQ(rig.taker.refusal, 408u);
            EXPECT_FALSE(rig.taker.began);
        },
        200ms);
}

TEST(HttpRest, that_is_malformed_is_an_invalid_request) {
    with_rest([](RestRig& rig) -> awaitable<void> {
        co_await rig.send(head("Transfer-Encoding: chunked") + "200000\r\n");
        co_await rig.send(std::string(2 * kMiB, 'x') + "\r\nZZZ\r\n");
        co_await rig.until([&] { return rig.taker.ended; });
        EXPECT_EQ(rig.taker.failure->code, errc::invalid_request);
        EXPECT_NE(rig.taker.failure->message.find("chunked body is malformed"), std::string::npos);
    });
}

TEST(HttpRest, that_breaks_off_is_a_leaving) {
    with_rest([](RestRig& rig) -> awaitable<void> {
        co_await rig.send(head("Content-Length: 3145728"));
        co_await rig.send(std::string(2 * kMiB, 'x'));
        co_await rig.until([&] { return rig.taker.bytes == 2 * kMiB; });
        rig.client->close();
        co_await rig.until([&] { return rig.taker.ended; });
        EXPECT_EQ(rig.taker.failure->code, errc::cancelled);
    });
}

}  // namespace
}  // namespace agenthub

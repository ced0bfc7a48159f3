#include "gateway/http_connection.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

constexpr Duration kShort{40};

TEST(HttpTimeout, of_a_slow_header_is_told) {
    Limits limits;
    limits.header_timeout = kShort;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            co_await client.send("GET /slow HTTP/1.1\r\nHo");
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.status, 408);
            EXPECT_EQ(reply.header("Connection"), "close");
            client.finish_sending();
            const auto rest = co_await client.read_to_end();
            EXPECT_EQ(rest, "");
            EXPECT_EQ(rig.handler.refusals, std::vector{408u});
        },
        limits);
}

TEST(HttpTimeout, of_a_header_counts_from_its_first_byte) {
    Limits limits;
    limits.header_timeout = Duration(1'500);
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            const TimePoint began = Clock::now();
            co_await client.send("GET /");
            // Bytes that keep coming do not buy more time.
            int status = 0;
            while (status == 0 && Clock::now() - began < std::chrono::seconds(10)) {
                SteadyTimer pause(rig.executor, Duration(50));
                co_await pause.async_wait(use_awaitable);
                const bool open = co_await client.send("x");
                CO_REQUIRE(open);
                if (!rig.handler.refusals.empty())
                    status = static_cast<int>(rig.handler.refusals.at(0));
            }
            EXPECT_EQ(status, 408);
            EXPECT_LT(Clock::now() - began, std::chrono::seconds(6));
        },
        limits);
}

TEST(HttpTimeout, of_a_slow_body_is_told) {
    Limits limits;
    limits.body_timeout = kShort;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            for (const auto* start : {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
                                      "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
                                      "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
                RawClient client(rig);
                const auto reply = co_await client.ask(start);
                EXPECT_EQ(reply.status, 408) << start;
                EXPECT_EQ(reply.header("Connection"), "close");
            }
            EXPECT_EQ(rig.handler.served, 0);
        },
        limits);
}

TEST(HttpTimeout, of_an_idle_connection_is_silent) {
    Limits limits;
    limits.keep_alive = kShort;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient never_asked(rig);
            const auto nothing = co_await never_asked.read_to_end();
            EXPECT_EQ(nothing, "");
            RawClient asked(rig);
            const auto reply = co_await asked.ask(get("/x"));
            EXPECT_EQ(reply.status, 200);
            const auto rest = co_await asked.read_to_end();
            EXPECT_EQ(rest, "");
            EXPECT_TRUE(rig.handler.refusals.empty());
        },
        limits);
}

TEST(HttpTimeout, does_not_end_a_call_that_takes_long) {
    Limits limits;
    limits.header_timeout = limits.body_timeout = limits.keep_alive = kShort;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            co_await client.send(post("/wait", "x"));
            SteadyTimer longer_than_a_sweep(rig.executor, Duration(1'100));
            co_await longer_than_a_sweep.async_wait(use_awaitable);
            rig.handler.go.notify();
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.status, 200);
        },
        limits);
}

TEST(HttpTimeout, does_not_end_a_quiet_event_stream) {
    Limits limits;
    limits.header_timeout = limits.body_timeout = limits.keep_alive = kShort;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            co_await client.send(get("/events"));
            SteadyTimer longer_than_a_sweep(rig.executor, Duration(1'100));
            co_await longer_than_a_sweep.async_wait(use_awaitable);
            CO_REQUIRE(rig.handler.stream != nullptr);
            EXPECT_FALSE(rig.handler.stream->broken());
            rig.handler.stream->push("1");
            rig.handler.stream->finish();
            const auto reply = co_await client.reply();
            EXPECT_TRUE(reply.whole);
            EXPECT_EQ(reply.body, "event: message\ndata: 1\n\n");
        },
        limits);
}

}  // namespace
}  // namespace agenthub

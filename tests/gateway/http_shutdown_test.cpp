#include "gateway/http_listener.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

// The rig itself checks after each test that no connection and no handler is left.

TEST(HttpDrain, ends_idle_connections_at_once_and_takes_no_new_ones) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient fresh(rig);
        RawClient used(rig);
        const auto reply = co_await used.ask(get("/x"));
        EXPECT_EQ(reply.status, 200);
        co_await rig.until([&] { return rig.listener.connections() == 2; });
        rig.listener.drain();
        co_await rig.listener.wait_idle(Deadline::after(std::chrono::seconds(20)));
        EXPECT_EQ(rig.listener.connections(), 0u);
        const auto first = co_await fresh.read_to_end();
        const auto second = co_await used.read_to_end();
        EXPECT_TRUE(first.starts_with("HTTP/1.1 408 ")) << first;
        EXPECT_EQ(second, first) << "whoever was about to ask knows that nobody has read it";
        EXPECT_THROW(RawClient{rig}, boost::system::system_error);
    });
}

TEST(HttpDrain, answers_a_request_that_came_at_the_same_moment) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await rig.until([&] { return rig.listener.connections() == 1; });
        co_await client.send(get("/x"));
        rig.listener.drain();
        const auto reply = co_await client.reply();
        EXPECT_TRUE(reply.status == 200 || reply.status == 408) << reply.status;
        EXPECT_EQ(reply.header("Connection"), "close");
        const bool told = reply.status == 408;
        EXPECT_EQ(rig.handler.served, told ? 0 : 1) << "a request of which that is said is not carried out";
    });
}

TEST(HttpDrain, answers_what_is_being_served_and_says_goodbye) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(post("/wait", "x") + get("/pipelined"));
        co_await rig.until([&] { return rig.handler.active == 1; });
        rig.listener.drain();
        rig.handler.go.notify();
        const auto reply = co_await client.reply();
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.header("Connection"), "close");
        const auto rest = co_await client.read_to_end();
        EXPECT_EQ(rest, "");
        EXPECT_EQ(rig.handler.served, 1);
    });
}

// The drain comes when `part` bytes of the request have been read.
awaitable<void> drain_within(HttpRig& rig, std::size_t part) {
    const std::string request = post("/x", "a body of some length");
    RawClient client(rig);
    co_await client.send(request.substr(0, part));
    co_await rig.until([&] { return rig.listener.connections() == 1; });
    for (int turns = 0; turns < 20; ++turns)
        co_await rig.turn();
    rig.listener.drain();
    const auto reply = co_await client.ask(request.substr(part));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Connection"), "close");
    co_await rig.until([&] { return rig.listener.connections() == 0; });
}

TEST(HttpDrain, serves_a_request_whose_header_has_begun_to_come) {
    with_rig([](HttpRig& rig) -> awaitable<void> { co_await drain_within(rig, 20); });
}

TEST(HttpDrain, serves_a_request_whose_body_has_begun_to_come) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        const auto body_at = post("/x", "a body of some length").find("a body");
        co_await drain_within(rig, body_at + 6);
    });
}

TEST(HttpDrain, says_goodbye_in_a_refusal_too) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send("GET /refuse HTTP/1.1\r\n");
        co_await rig.until([&] { return rig.listener.connections() == 1; });
        for (int turns = 0; turns < 20; ++turns)
            co_await rig.turn();
        rig.listener.drain();
        const auto reply = co_await client.ask("Host: x\r\n\r\n");
        EXPECT_EQ(reply.status, 403);
        EXPECT_EQ(reply.header("Connection"), "close");
    });
}

TEST(HttpDrain, tells_a_client_whose_reply_had_promised_another_turn) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(post("/upgrade", "x"));
        const auto head = co_await client.read_until("\r\n\r\n");
        EXPECT_EQ(head.find("Connection: close"), std::string::npos) << head;
        rig.listener.drain();
        rig.handler.stream->finish();
        const auto rest = co_await client.read_to_end();
        EXPECT_NE(rest.find("0\r\n\r\nHTTP/1.1 408 "), std::string::npos) << rest;
    });
}

TEST(HttpDrain, waits_no_longer_than_the_deadline) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(get("/wait"));
        co_await rig.until([&] { return rig.handler.active == 1; });
        rig.listener.drain();
        const TimePoint began = Clock::now();
        co_await rig.listener.wait_idle(Deadline::after(Duration(50)));
        EXPECT_LT(Clock::now() - began, std::chrono::seconds(10));
        EXPECT_EQ(rig.listener.connections(), 1u);
        co_await rig.listener.stop();
        EXPECT_EQ(rig.listener.connections(), 0u);
        const auto reply = co_await client.reply();
        EXPECT_FALSE(reply.whole) << "ended without an answer";
    });
}

TEST(HttpStop, ends_every_kind_of_connection) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient idle(rig);
        RawClient in_header(rig);
        RawClient in_body(rig);
        RawClient in_handler(rig);
        RawClient in_write(rig);
        RawClient in_linger(rig);
        RawClient in_stream(rig);
        co_await in_header.send("GET / HTTP/1.1\r\n");
        co_await in_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
        co_await in_handler.send(get("/wait"));
        co_await in_write.send(get("/big/50000000"));
        co_await in_linger.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
        co_await in_stream.send(get("/events"));
        co_await rig.until([&] { return rig.handler.active == 3 && rig.listener.connections() == 7; });
        co_await in_linger.reply();
        rig.handler.stream->push("1");  // wakes the writer in the same turn as the stop
        co_await rig.listener.stop();
        EXPECT_EQ(rig.listener.connections(), 0u);
        EXPECT_EQ(rig.handler.active, 0);
        for (auto* client : {&idle, &in_header, &in_body, &in_handler})
            co_await client->read_to_end();
    });
}

TEST(HttpStop, ends_a_stream_in_the_background_before_its_answer) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient quiet(rig);
        co_await quiet.send(post("/upgrade", "x"));
        co_await quiet.read_until("\r\n\r\n");
        RawClient busy(rig);
        co_await busy.send(post("/upgrade", "x"));
        co_await busy.read_until("\r\n\r\n");
        rig.handler.stream->push(std::string(50'000'000, 'x'));
        for (int turns = 0; turns < 20; ++turns)
            co_await rig.turn();
        EXPECT_EQ(rig.handler.active, 2);
        co_await rig.listener.stop();
        EXPECT_EQ(rig.handler.active, 0);
    });
}

TEST(HttpStop, ends_a_connection_that_was_accepted_just_now) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        for (int turns = 0; turns < 6; ++turns) {
            RawClient client(rig);
            for (int i = 0; i < turns; ++i)
                co_await rig.turn();
        }
        co_await rig.listener.stop();
        EXPECT_EQ(rig.listener.connections(), 0u);
    });
}

TEST(HttpStop, may_follow_a_drain_and_come_twice) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(get("/wait"));
        co_await rig.until([&] { return rig.handler.active == 1; });
        rig.listener.drain();
        rig.listener.drain();
        co_await rig.listener.stop();
        co_await rig.listener.stop();
        EXPECT_EQ(rig.handler.active, 0);
    });
}

}  // namespace
}  // namespace agenthub

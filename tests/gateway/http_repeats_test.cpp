// Requests whose header repeats that of the request before: they are answered as any other.

#include "gateway/http_connection.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

std::string body_of(std::string_view path, std::string_view body) {
    return R"({"method":"POST","path":")" + std::string(path) + R"(","body":")" + std::string(body) +
           R"(","session":"s"})";
}

std::string call(std::string_view body, std::string_view path = "/x") {
    return post(path, body, "Mcp-Session-Id: s\r\n");
}

TEST(HttpRepeats, have_their_own_body_and_length) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (const char* body : {"one", "two", "three", "", "a longer one than all", "x"}) {
            const auto reply = co_await client.ask(call(body));
            EXPECT_EQ(reply.body, body_of("/x", body));
            EXPECT_EQ(rig.handler.length, std::to_string(std::string_view(body).size()));
        }
        EXPECT_EQ(rig.handler.repeated, 5);
    });
}

TEST(HttpRepeats, end_with_the_first_other_header_and_begin_again) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const char* const paths[] = {"/a", "/a", "/b", "/b", "/a"};
        for (const char* path : paths) {
            const auto reply = co_await client.ask(call("body", path));
            EXPECT_EQ(reply.body, body_of(path, "body"));
        }
        EXPECT_EQ(rig.handler.repeated, 2);
    });
}

TEST(HttpRepeats, are_told_apart_in_one_segment) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(call("one") + call("second") + call("3") + get("/last"));
        const auto first = co_await client.reply();
        const auto second = co_await client.reply();
        const auto third = co_await client.reply();
        const auto last = co_await client.reply();
        EXPECT_EQ(first.body, body_of("/x", "one"));
        EXPECT_EQ(second.body, body_of("/x", "second"));
        EXPECT_EQ(third.body, body_of("/x", "3"));
        EXPECT_EQ(last.status, 200);
        EXPECT_EQ(rig.handler.repeated, 2);
        EXPECT_NE(first.header("X-Request-ID"), second.header("X-Request-ID"));
    });
}

// Answers that wait for nothing must not keep the loop from everybody else until the last of them is written.
TEST(HttpRepeats, that_have_come_at_once_take_turns_with_other_connections) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient greedy(rig);
        RawClient modest(rig);
        const std::string request = call("x");
        co_await greedy.ask(request);
        co_await modest.ask(request);
        std::string many;
        for (int i = 0; i < 200; ++i)
            many += request;
        co_await greedy.send(many);
        const auto reply = co_await modest.ask(request);
        EXPECT_EQ(reply.body, body_of("/x", "x"));
        EXPECT_LT(rig.handler.served, 10) << "the others were answered first";
        for (int i = 0; i < 200; ++i) {
            const auto each = co_await greedy.reply();
            CO_REQUIRE(each.whole);
        }
    });
}

// Split anywhere, the parser has to put it together.
TEST(HttpRepeats, may_come_in_pieces) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const std::string request = call("0123456789");
        co_await client.ask(request);
        for (std::size_t at = 1; at < request.size(); ++at) {
            co_await client.send(request.substr(0, at));
            for (int turns = 0; turns < 4; ++turns)
                co_await rig.turn();
            const auto reply = co_await client.ask(request.substr(at));
            CO_REQUIRE(reply.whole);
            EXPECT_EQ(reply.body, body_of("/x", "0123456789")) << at;
        }
    });
}

TEST(HttpRepeats, are_refused_each_time) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (int i = 0; i < 3; ++i) {
            const auto reply = co_await client.ask(get("/refuse"));
            EXPECT_EQ(reply.status, 403);
        }
    });
}

TEST(HttpRepeats, keep_to_the_limit_of_a_body) {
    Limits limits;
    limits.body_bytes = 10;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            const auto first = co_await client.ask(call("1"));
            EXPECT_EQ(first.status, 200);
            const auto at = co_await client.ask(call("0123456789"));
            EXPECT_EQ(at.status, 200);
            const auto over = co_await client.ask(call("0123456789x"));
            EXPECT_EQ(over.status, 413);
        },
        limits);
}

TEST(HttpRepeats, do_not_follow_a_chunked_body) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const std::string request =
            "POST /c HTTP/1.1\r\nHost: localhost\r\nMcp-Session-Id: s\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (const char* body : {"one", "two"}) {
            const auto reply = co_await client.ask(request + "3\r\n" + body + "\r\n0\r\nX-Late: t\r\n\r\n");
            EXPECT_EQ(reply.body, body_of("/c", body));
        }
        EXPECT_EQ(rig.handler.repeated, 0);
    });
}

// What it kept is given back after a second's rest; it serves on as if nothing had been.
TEST(HttpRepeats, are_parsed_anew_after_a_rest) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.ask(call("one"));
        co_await client.ask(call("two"));
        EXPECT_EQ(rig.handler.repeated, 1);
        co_await rig.until([&rig] { return rig.handler.served == 2 && rig.handler.active == 0; });
        co_await rig.turn();
        rig.listener.expire(Clock::now() + Duration(1'000));
        const auto after = co_await client.ask(call("three"));
        EXPECT_EQ(after.body, body_of("/x", "three"));
        EXPECT_EQ(rig.handler.repeated, 1);
        const auto again = co_await client.ask(call("four"));
        EXPECT_EQ(again.body, body_of("/x", "four"));
        EXPECT_EQ(rig.handler.repeated, 2);
    });
}

}  // namespace
}  // namespace agenthub

#include "gateway/http_connection.hpp"

#include <set>

#include "tests/gateway/http_rig.hpp"
#include "tests/support/live_bytes.hpp"

namespace agenthub {
namespace {

std::string echo(std::string_view method, std::string_view path, std::string_view body) {
    return R"({"method":")" + std::string(method) + R"(","path":")" + std::string(path) + R"(","body":")" +
           std::string(body) + R"(","session":""})";
}

std::string chunked(std::string_view chunks, std::string_view fields = {}) {
    return "POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" + std::string(fields) + "\r\n" +
           std::string(chunks);
}

TEST(HttpConnection, serves_the_requests_of_one_segment_in_order) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(post("/1", "one") + get("/2") + chunked("5\r\nthree\r\n0\r\n\r\n") + post("/4", ""));
        const auto first = co_await client.reply();
        const auto second = co_await client.reply();
        const auto third = co_await client.reply();
        const auto fourth = co_await client.reply();
        EXPECT_EQ(first.body, echo("POST", "/1", "one"));
        EXPECT_EQ(second.body, echo("GET", "/2", ""));
        EXPECT_EQ(third.body, echo("POST", "/c", "three"));
        EXPECT_EQ(fourth.body, echo("POST", "/4", ""));
        EXPECT_EQ(rig.listener.connections(), 1u);
        std::set<std::string> ids;
        for (const auto* reply : {&first, &second, &third, &fourth})
            ids.insert(reply->header("X-Request-ID"));
        EXPECT_EQ(ids.size(), 4u) << "one id per request";
    });
}

TEST(HttpConnection, reads_a_request_that_comes_byte_by_byte) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (const auto& request :
             {post("/slow", "a body"), chunked("1\r\nx\r\nA;ext=\"1\"\r\n0123456789\r\n0\r\nT: t\r\n\r\n")}) {
            co_await client.send_slowly(request);
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.status, 200) << request << reply.body;
        }
    });
}

TEST(HttpConnection, reads_a_body_split_anywhere) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (const auto& request : {post("/s", "0123456789"), chunked("3\r\n012\r\n7\r\n3456789\r\n0\r\n\r\n")}) {
            for (std::size_t at = 1; at < request.size(); ++at) {
                co_await client.send(request.substr(0, at));
                for (int turns = 0; turns < 4; ++turns)
                    co_await rig.turn();
                const auto reply = co_await client.ask(request.substr(at));
                CO_REQUIRE(reply.whole);
                EXPECT_NE(reply.body.find("0123456789"), std::string::npos) << at;
            }
        }
    });
}

TEST(HttpConnection, puts_a_chunked_body_together) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const auto plain = co_await client.ask(chunked("3\r\nabc\r\n0002;a=b\r\nde\r\n000\r\n\r\n"));
        EXPECT_EQ(plain.body, echo("POST", "/c", "abcde"));
        const auto empty = co_await client.ask(chunked("0\r\n\r\n"));
        EXPECT_EQ(empty.body, echo("POST", "/c", ""));
        const auto named = co_await client.ask(
            "POST /c HTTP/1.1\r\nHost: localhost\r\ntransfer-encoding: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n");
        EXPECT_EQ(named.body, echo("POST", "/c", "x"));
    });
}

// RFC 9110 section 6.5.1: whoever looked at the header has decided already.
TEST(HttpConnection, takes_no_header_field_from_a_trailer) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const auto reply = co_await client.ask(chunked("1\r\nx\r\n0\r\nMcp-Session-Id: late\r\n\r\n"));
        EXPECT_EQ(reply.body, echo("POST", "/c", "x"));
        const auto next = co_await client.ask(get("/next"));
        EXPECT_EQ(next.body, echo("GET", "/next", ""));
    });
}

TEST(HttpConnection, tells_a_client_that_waits_for_it_to_go_on) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(
            "POST /e HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
        const auto go_on = co_await client.reply();
        EXPECT_EQ(go_on.status, 100);
        const auto reply = co_await client.ask("ok");
        EXPECT_EQ(reply.body, echo("POST", "/e", "ok"));
        const auto bodiless = co_await client.ask(get("/n", "Expect: 100-continue\r\n"));
        EXPECT_EQ(bodiless.status, 200) << "no body, nothing to wait for";
    });
}

TEST(HttpConnection, does_not_ask_for_a_body_that_it_refuses) {
    Limits limits;
    limits.body_bytes = 10;
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            for (const char* head : {"POST /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n",
                                     "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n"}) {
                RawClient client(rig);
                co_await client.send(std::string(head) + "Expect: 100-continue\r\n\r\n");
                const auto reply = co_await client.reply();
                EXPECT_TRUE(reply.status == 403 || reply.status == 413) << reply.status;
                EXPECT_EQ(reply.header("Connection"), "close");
                client.finish_sending();
                const auto rest = co_await client.read_to_end();
                EXPECT_EQ(rest, "");
            }
        },
        limits);
}

TEST(HttpConnection, ignores_an_expectation_of_http_1_0) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send("POST /e HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        for (int turns = 0; turns < 20; ++turns)
            co_await rig.turn();
        const auto reply = co_await client.ask("ok");
        EXPECT_EQ(reply.status, 200) << reply.head;
    });
}

TEST(HttpConnection, closes_after_an_http_1_0_request_unless_asked_not_to) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient one(rig);
        const auto closing = co_await one.ask("GET /x HTTP/1.0\r\n\r\n");
        EXPECT_EQ(closing.header("Connection"), "close");
        const auto rest = co_await one.read_to_end();
        EXPECT_EQ(rest, "");
        RawClient many(rig);
        for (int i = 0; i < 2; ++i) {
            const auto kept = co_await many.ask("GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            EXPECT_EQ(kept.status, 200);
            EXPECT_EQ(kept.header("Connection"), "keep-alive");
        }
    });
}

TEST(HttpConnection, closes_when_the_client_asks_for_it) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(get("/1", "Connection: close\r\n") + get("/2"));
        const auto reply = co_await client.reply();
        EXPECT_EQ(reply.header("Connection"), "close");
        const auto rest = co_await client.read_to_end();
        EXPECT_EQ(rest, "");
        EXPECT_EQ(rig.handler.served, 1);
    });
}

TEST(HttpConnection, sends_no_body_to_head) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send("HEAD /big/1000 HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/next"));
        const auto head = co_await client.reply(true);
        EXPECT_EQ(head.status, 200);
        EXPECT_EQ(head.header("Content-Length"), "1000");
        const auto next = co_await client.reply();
        EXPECT_EQ(next.body, echo("GET", "/next", ""));
    });
}

TEST(HttpConnection, goes_on_after_a_refusal_without_a_body) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const auto refused = co_await client.ask(get("/refuse"));
        EXPECT_EQ(refused.status, 403);
        const auto next = co_await client.ask(get("/next"));
        EXPECT_EQ(next.status, 200);
        EXPECT_EQ(rig.handler.refusals, std::vector{403u});
    });
}

// Else the client would see a reset instead of the reply.
TEST(HttpConnection, takes_the_rest_of_a_refused_body_before_it_closes) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const bool sent = co_await client.send(post("/refuse", std::string(3'000'000, 'x')));
        EXPECT_TRUE(sent);
        const auto reply = co_await client.reply();
        EXPECT_EQ(reply.status, 403);
        EXPECT_EQ(reply.header("Connection"), "close");
        client.finish_sending();
        const auto rest = co_await client.read_to_end();
        EXPECT_EQ(rest, "");
    });
}

TEST(HttpConnection, writes_replies_of_any_size) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (const std::size_t size : {0u, 1u, 16'383u, 16'384u, 16'385u, 5'000'000u}) {
            const auto reply = co_await client.ask(get("/big/" + std::to_string(size)));
            EXPECT_EQ(reply.body.size(), size);
            EXPECT_EQ(reply.header("Content-Length"), std::to_string(size));
        }
    });
}

// What the last request needed is not worth its memory on a connection that rests.
TEST(HttpConnection, gives_back_a_large_body_and_reply_when_it_rests) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        const std::string body(900'000, 'x');
        const auto reply = co_await client.ask(post("/x", body));
        EXPECT_EQ(reply.body, echo("POST", "/x", body));
        co_await rig.until([&rig] { return rig.handler.served == 1; });
        co_await rig.turn();
        const std::size_t busy = test::live_bytes();
        rig.listener.expire(Clock::now() + Duration(1'000));
        EXPECT_LT(test::live_bytes() + body.size(), busy + 10'000);
        const auto after = co_await client.ask(post("/x", "y"));
        EXPECT_EQ(after.body, echo("POST", "/x", "y"));
    });
}

}  // namespace
}  // namespace agenthub

#include "gateway/http_responder.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

std::string event(std::string_view data) {
    return "event: message\ndata: " + std::string(data) + "\n\n";
}

TEST(HttpStream, opens_before_anything_happens_and_writes_events_as_they_come) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(get("/events"));
        const auto head = co_await client.read_until("\r\n\r\n");
        EXPECT_NE(head.find("HTTP/1.1 200 OK"), std::string::npos);
        EXPECT_NE(head.find("Content-Type: text/event-stream"), std::string::npos);
        EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
        EXPECT_NE(head.find("Cache-Control: no-cache"), std::string::npos);
        EXPECT_NE(head.find("X-Accel-Buffering: no"), std::string::npos);
        EXPECT_NE(head.find("X-Request-ID: "), std::string::npos);
        for (const std::string data : {"1", "22", "333"}) {
            rig.handler.stream->push(data);
            const auto came = co_await client.read_until(event(data));
            EXPECT_NE(came.find(event(data)), std::string::npos);
        }
        rig.handler.stream->finish();
        const auto end = co_await client.read_to_end();
        EXPECT_EQ(end, "0\r\n\r\n");
        EXPECT_TRUE(rig.handler.stream->written());
    });
}

TEST(HttpStream, ends_when_its_client_leaves) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        for (int way = 0; way < 3; ++way) {
            RawClient client(rig);
            co_await client.send(get("/events"));
            co_await client.read_until("\r\n\r\n");
            if (way == 0)
                client.close();
            else if (way == 1)
                client.finish_sending();
            else
                co_await client.send("anything");
            co_await rig.until([&] { return rig.listener.connections() == 0; });
            EXPECT_TRUE(rig.handler.stream->broken());
            EXPECT_FALSE(rig.handler.stream->written());
        }
        EXPECT_EQ(rig.handler.served, 3);
    });
}

TEST(HttpStream, ends_when_its_client_is_reset_away) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send(get("/events"));
        co_await client.read_until("\r\n\r\n");
        client.socket().set_option(asio::socket_base::linger(true, 0));
        client.close();
        co_await rig.until([&] { return rig.listener.connections() == 0; });
        EXPECT_TRUE(rig.handler.stream->broken());
        EXPECT_EQ(rig.handler.served, 1);
    });
}

TEST(HttpStream, before_an_answer_leaves_the_connection_open_for_more) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        for (int i = 0; i < 3; ++i) {
            rig.handler.stream = nullptr;
            co_await client.send(post("/upgrade", "x"));
            co_await rig.until([&] { return rig.handler.stream != nullptr; });
            rig.handler.stream->push("progress");
            const auto answer = mcp::Message::parse(R"({"jsonrpc":"2.0","id":9,"result":{}})").value();
            rig.handler.stream->finish_with(answer, "1");
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.body, event("progress") + event(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
        }
        const auto next = co_await client.ask(get("/next"));
        EXPECT_EQ(next.status, 200);
        EXPECT_EQ(rig.listener.connections(), 1u);
    });
}

TEST(HttpStream, before_an_answer_is_broken_off_when_the_client_has_gone) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        {
            RawClient client(rig);
            co_await client.send(post("/upgrade", "x"));
            co_await client.read_until("\r\n\r\n");
            client.socket().set_option(asio::socket_base::linger(true, 0));
        }
        // Nobody listens; the call goes on and finds out when it has something to say.
        while (!rig.handler.stream->broken()) {
            rig.handler.stream->push("progress");
            co_await rig.turn();
        }
        co_await rig.until([&] { return rig.listener.connections() == 0; });
        EXPECT_EQ(rig.handler.served, 1);
    });
}

TEST(HttpStream, is_cut_off_visibly_when_its_client_reads_too_slowly) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        rig.handler.stream_limit = 100'000;
        RawClient client(rig);
        co_await client.send(get("/events"));
        co_await client.read_until("\r\n\r\n");
        const std::string data(10'000, 'x');
        for (int i = 0; i < 100'000 && !rig.handler.stream->broken(); ++i) {
            rig.handler.stream->push(data);
            co_await rig.turn();
        }
        EXPECT_TRUE(rig.handler.stream->overflowed());
        const auto rest = co_await client.read_to_end();
        EXPECT_FALSE(rest.ends_with("0\r\n\r\n")) << "it must not look finished";
        co_await rig.until([&] { return rig.listener.connections() == 0; });
        EXPECT_EQ(rig.handler.served, 1);
    });
}

TEST(HttpStream, ends_when_its_client_does_not_read_at_all) {
    Limits limits;
    limits.body_timeout = Duration(50);
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            rig.handler.stream_limit = 100'000'000;
            RawClient client(rig);
            co_await client.send(get("/events"));
            co_await rig.until([&] { return rig.handler.stream != nullptr; });
            rig.handler.stream->push(std::string(50'000'000, 'x'));
            co_await rig.until([&] { return rig.listener.connections() == 0; });
            EXPECT_TRUE(rig.handler.stream->broken());
            EXPECT_EQ(rig.handler.served, 1);
        },
        limits);
}

TEST(HttpStream, over_http_1_0_lasts_until_the_connection_ends) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.send("POST /upgrade HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
        co_await rig.until([&] { return rig.handler.stream != nullptr; });
        rig.handler.stream->push("1");
        rig.handler.stream->finish();
        const auto all = co_await client.read_to_end();
        EXPECT_EQ(all.find("Transfer-Encoding"), std::string::npos);
        EXPECT_NE(all.find("Connection: close"), std::string::npos);
        EXPECT_TRUE(all.ends_with("\r\n\r\n" + event("1"))) << all;
    });
}

}  // namespace
}  // namespace agenthub

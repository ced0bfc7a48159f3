#include "gateway/http_connection.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

Limits small() {
    Limits limits;
    limits.header_bytes = 400;
    limits.body_bytes = 1000;
    limits.connections = 2;
    return limits;
}

// A request whose header is `size` bytes long: in its target, in one field, or in many.
std::string header_of(std::size_t size, int shape) {
    std::string line = shape == 0 ? "GET /" : "GET /x";
    std::string fields = " HTTP/1.1\r\nHost: localhost\r\n";
    std::string end = "\r\n";
    if (shape == 1)
        fields += "A: ";
    if (shape == 1)
        end = "\r\n\r\n";
    if (shape == 2)
        while (line.size() + fields.size() + 30 < size)
            fields += "A: b\r\n";
    if (shape == 2)
        fields += "A: ", end = "\r\n\r\n";
    std::string& filled = shape == 0 ? line : fields;
    filled.append(size - line.size() - fields.size() - end.size(), 'x');
    return line + fields + end;
}

TEST(HttpLimits, let_a_header_pass_that_is_as_long_as_the_limit) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            for (int shape = 0; shape < 3; ++shape) {
                RawClient client(rig);
                const auto whole = co_await client.ask(header_of(400, shape));
                EXPECT_EQ(whole.status, 200) << shape;
                co_await client.send_slowly(header_of(400, shape));
                const auto slow = co_await client.reply();
                EXPECT_EQ(slow.status, 200) << shape;
            }
        },
        small());
}

TEST(HttpLimits, refuse_a_header_one_byte_longer) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            for (int shape = 0; shape < 3; ++shape) {
                RawClient client(rig);
                const auto whole = co_await client.ask(header_of(401, shape));
                EXPECT_EQ(whole.status, 431) << shape;
                EXPECT_NE(whole.body.find("limits.header_bytes"), std::string::npos);
                RawClient slow(rig);
                co_await slow.send_slowly(header_of(401, shape));
                const auto refused = co_await slow.reply();
                EXPECT_EQ(refused.status, 431) << shape;
            }
            EXPECT_EQ(rig.handler.served, 0);
        },
        small());
}

TEST(HttpLimits, count_each_header_of_a_connection_by_itself) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            co_await client.send(header_of(400, 0) + header_of(400, 2) + header_of(400, 1));
            for (int i = 0; i < 3; ++i) {
                const auto reply = co_await client.reply();
                EXPECT_EQ(reply.status, 200) << i;
            }
        },
        small());
}

TEST(HttpLimits, refuse_ten_thousand_fields_and_an_endless_one) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        std::string many;
        for (int i = 0; i < 10'000; ++i)
            many += "X-" + std::to_string(i) + ": y\r\n";
        RawClient first(rig);
        const auto fields = co_await first.ask(get("/x", many));
        EXPECT_EQ(fields.status, 431);
        RawClient second(rig);
        const auto endless = co_await second.ask("GET /" + std::string(1'000'000, 'x'));
        EXPECT_EQ(endless.status, 431);
    });
}

std::string chunked(std::string_view chunks) {
    return "POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

TEST(HttpLimits, let_a_body_pass_that_is_as_long_as_the_limit) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            const std::string body(1000, 'x');
            const auto counted = co_await client.ask(post("/b", body));
            EXPECT_EQ(counted.status, 200);
            const auto one = co_await client.ask(chunked("3e8\r\n" + body + "\r\n0\r\n\r\n"));
            EXPECT_EQ(one.status, 200);
            const auto two =
                co_await client.ask(chunked("1\r\nx\r\n3e7\r\n" + std::string(999, 'x') + "\r\n0\r\n\r\n"));
            EXPECT_EQ(two.status, 200);
        },
        small());
}

TEST(HttpLimits, refuse_a_body_one_byte_longer) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            const std::string body(1001, 'x');
            for (const auto& request :
                 {post("/b", body), chunked("3e9\r\n" + body + "\r\n0\r\n\r\n"),
                  chunked("1\r\nx\r\n3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n"),
                  chunked("ffffffffffffffff\r\n"),
                  std::string("POST /b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18446744073709551615\r\n\r\n")}) {
                RawClient client(rig);
                const auto reply = co_await client.ask(request);
                EXPECT_EQ(reply.status, 413) << request.substr(0, 100);
                EXPECT_NE(reply.body.find("limits.body_bytes"), std::string::npos);
                EXPECT_EQ(reply.header("Connection"), "close");
            }
            EXPECT_EQ(rig.handler.served, 0);
        },
        small());
}

// Neither is counted as body: without a limit of their own they could fill the memory.
TEST(HttpLimits, refuse_endless_chunk_extensions_and_trailers) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        const std::string endless(8'000'000, 'e');
        std::string trailer;
        while (trailer.size() < endless.size())
            trailer += "T: trailer\r\n";
        for (const auto& request : {chunked("1;" + endless), chunked("0;" + endless), chunked("0\r\nT: " + endless),
                                    chunked("0\r\n" + trailer)}) {
            RawClient client(rig);
            const auto reply = co_await client.ask(request);
            EXPECT_EQ(reply.status, 400) << request.substr(0, 100);
        }
        EXPECT_EQ(rig.handler.served, 0);
    });
}

TEST(HttpLimits, refuse_a_connection_over_the_limit_and_say_why) {
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient first(rig);
            RawClient second(rig);
            const auto one = co_await first.ask(get("/1"));
            const auto two = co_await second.ask(get("/2"));
            EXPECT_EQ(one.status, 200);
            EXPECT_EQ(two.status, 200) << "at the limit";
            for (int i = 0; i < 20; ++i) {
                RawClient third(rig);
                const auto refused = co_await third.ask(post("/3", std::string(100'000, 'x')));
                EXPECT_EQ(refused.status, 503);
                EXPECT_NE(refused.body.find("limits.connections"), std::string::npos);
                EXPECT_EQ(refused.header("Content-Type"), "application/json");
                EXPECT_EQ(refused.header("X-Request-ID").size(), 36u);
                EXPECT_EQ(refused.header("Connection"), "close");
            }
            first.close();
            co_await rig.until([&] { return rig.listener.connections() == 1; });
            RawClient fourth(rig);
            const auto served = co_await fourth.ask(get("/4"));
            EXPECT_EQ(served.status, 200) << "a place is free again";
        },
        small());
}

TEST(HttpLimits, end_a_connection_whose_client_does_not_read_its_reply) {
    Limits limits;
    limits.body_timeout = Duration(50);
    with_rig(
        [](HttpRig& rig) -> awaitable<void> {
            RawClient client(rig);
            co_await client.send(get("/big/50000000") + get("/never"));
            co_await rig.until([&] { return rig.handler.served == 1; });
            co_await rig.until([&] { return rig.listener.connections() == 0; });
            EXPECT_EQ(rig.handler.served, 1) << "the next request is not served any more";
            const auto reply = co_await client.reply();
            EXPECT_FALSE(reply.whole);
        },
        limits);
}

}  // namespace
}  // namespace agenthub

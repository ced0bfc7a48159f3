#include <ostream>

#include "gateway/http_connection.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

struct Bad {
    const char* name;
    std::string_view bytes;
    int status;
};

constexpr std::string_view operator""_http(const char* text, std::size_t size) {
    return {text, size};
}

constexpr Bad kBad[] = {
    {"no HTTP at all", "hello\r\n\r\n", 400},
    {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"_http, 400},
    {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"two targets", "GET / / HTTP/1.1\r\nHost: x\r\n\r\n", 505},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
    {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505},
    {"bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", 505},
    {"a blank before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"a field without colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400},
    {"a field without name", "GET / HTTP/1.1\r\n: x\r\n\r\n", 400},
    {"a zero byte in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"_http, 400},
    {"a zero byte in the target", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"_http, 400},
    {"a carriage return in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example.com\r\n\r\n", 400},
    {"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {"two lengths in one", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 4\r\n\r\nabcd", 400},
    {"a negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
    {"a signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"a hexadecimal length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc", 400},
    {"an empty length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\nabc", 400},
    {"a fractional length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3.0\r\n\r\nabc", 400},
    {"a length beyond 64 bits", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n", 400},
    {"length, then chunked",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"chunked, then length",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
    {"chunked twice",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"an unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nGET /x HTTP/1.1\r\n\r\n", 501},
    {"an unknown coding and a length",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 501},
    {"an unknown coding below chunked",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
    {"a coding above chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
     501},
    {"an unknown coding, then chunked",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
    {"almost chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
    {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
    {"no chunk size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
    {"a negative chunk size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
    {"a chunk size beyond 64 bits",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", 400},
    {"a chunk longer than its size",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400},
    {"a malformed chunk extension",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1 x\r\na\r\n0\r\n\r\n", 400},
    {"a length in a trailer",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n", 400},
};

// What is wrong about one request must not make the next of what its sender put behind it.
TEST(BadRequest, is_told_what_is_wrong_and_ends_its_connection) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        for (const Bad& bad : kBad) {
            RawClient client(rig);
            co_await client.send(std::string(bad.bytes) + get("/smuggled"));
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.status, bad.status) << bad.name << "\n" << reply.head << reply.body;
            EXPECT_TRUE(reply.body.starts_with(R"({"detail":")")) << bad.name;
            EXPECT_EQ(reply.header("Connection"), "close") << bad.name;
            EXPECT_EQ(reply.header("X-Request-ID").size(), 36u) << bad.name;
            client.finish_sending();
            const auto rest = co_await client.read_to_end();
            EXPECT_EQ(rest, "") << bad.name;
        }
        EXPECT_EQ(rig.handler.served, 0) << "nothing of all that was served";
        RawClient good(rig);
        const auto next = co_await good.ask(get("/next"));
        EXPECT_EQ(next.status, 200);
    });
}

TEST(BadRequest, is_one_that_ends_before_it_is_whole) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        for (const auto* part :
             {"G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcd",
              "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
              "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
              "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"}) {
            RawClient client(rig);
            co_await client.send(part);
            client.finish_sending();
            const auto reply = co_await client.reply();
            EXPECT_EQ(reply.status, 400) << part;
            const auto rest = co_await client.read_to_end();
            EXPECT_EQ(rest, "");
        }
        EXPECT_EQ(rig.handler.served, 0);
    });
}

TEST(GoodRequest, may_look_strange) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        for (const auto* request :
             {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
              "POST / HTTP/1.1\r\nHost: x\r\ncontent-length:3\r\n\r\nabc",
              "POST / HTTP/1.1\r\nHost:\t x \t\r\nContent-Length: 0003\r\n\r\nabc",
              "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
              "GET / HTTP/1.1\r\nHost: x\r\nEmpty:\r\n\r\n", "GET /?a#b HTTP/1.1\r\nHost: x\r\n\r\n",
              "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n\r\n"}) {
            RawClient client(rig);
            const auto reply = co_await client.ask(request);
            EXPECT_EQ(reply.status, 200) << request << reply.body;
            const auto next = co_await client.ask(get("/next"));
            EXPECT_EQ(next.status, 200) << request;
        }
    });
}

TEST(Client, that_leaves_without_a_word_is_not_answered) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        client.finish_sending();
        const auto rest = co_await client.read_to_end();
        EXPECT_EQ(rest, "");
        EXPECT_TRUE(rig.handler.refusals.empty());
    });
}

}  // namespace
}  // namespace agenthub

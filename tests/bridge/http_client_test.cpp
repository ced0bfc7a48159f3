// One request and its response, byte by byte.

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "tests/bridge/http_peer.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

TEST(HttpClient, writes_method_target_fields_and_body) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OutboundRequest request;
        request.method = "PUT";
        request.target = "/api/tags?x=%20y";
        request.fields = {{"Content-Type", "text/plain"}, {"X-A", "1"}, {"X-A", "2"}};
        request.body = "hello";
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_EQ(head, "PUT /api/tags?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(rig.port) +
                            "\r\nContent-Type: text/plain\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\n\r\n");
        const std::string body = co_await peer.read_until("hello");
        EXPECT_EQ(body, "hello");
        co_await peer.send("HTTP/1.1 201 Created\r\nX-B: 1\r\nx-b: 2\r\nContent-Length: 2\r\n\r\nok");
        co_await asked.done.wait();
        OutboundResponse& response = asked.response();
        EXPECT_EQ(response.status(), 201u);
        EXPECT_EQ(response.field("x-B"), "1");
        EXPECT_EQ(response.fields().size(), 3u);
        EXPECT_EQ(response.length(), 2u);
        const auto all = co_await response.read_all(2);
        EXPECT_EQ(*all, "ok");
    });
}

TEST(HttpClient, a_request_without_a_body_says_so_only_where_one_is_usual) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.get("/a");
        auto peer = co_await rig.accept();
        const std::string get = co_await peer.request();
        EXPECT_EQ(get.find("Content-Length"), std::string::npos);
        rig.post("");
        auto other = co_await rig.accept();
        const std::string post = co_await other.request();
        EXPECT_NE(post.find("Content-Length: 0\r\n"), std::string::npos);
    });
}

TEST(HttpClient, puts_the_path_of_its_url_before_every_target) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.use(rig.url() + "/base/");
        rig.get("/x");
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_TRUE(head.starts_with("GET /base/x HTTP/1.1\r\n")) << head;
    });
}

TEST(HttpClient, reads_bodies_by_length_in_chunks_and_to_the_end_of_the_connection) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const char* text : {"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\none body",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "4;ext=1\r\none \r\n4\r\nbody\r\n0\r\nX-Trailer: 1\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\n\r\none body", "HTTP/1.0 200 OK\r\n\r\none body"}) {
            rig.use(rig.url());
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send(text);
            peer.close();
            co_await asked.done.wait();
            const auto all = co_await asked.response().read_all(100);
            EXPECT_EQ(*all, "one body") << text;
            const auto fields = asked.response().field("X-Trailer");
            EXPECT_EQ(fields, "");
        }
    });
}

TEST(HttpClient, passes_interim_responses_over) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + answer("late"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
        EXPECT_EQ(asked.response().fields().size(), 1u);
        const auto all = co_await asked.response().read_all(100);
        EXPECT_EQ(*all, "late");
    });
}

TEST(HttpClient, expects_no_body_after_head_204_and_304) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const std::string_view status : {"200 OK", "204 No Content", "304 Not Modified"}) {
            OutboundRequest request;
            request.method = status == "200 OK" ? "HEAD" : "GET";
            Asked& asked = rig.ask(std::move(request));
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send("HTTP/1.1 " + std::string(status) +
                               "\r\nContent-Length: 9\r\nConnection: close\r\n\r\n");
            co_await asked.done.wait();
            const auto all = co_await asked.response().read_all(0);
            CO_REQUIRE(all.has_value());
            EXPECT_EQ(*all, "");
        }
    });
}

TEST(HttpClient, read_all_keeps_its_limit) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const std::size_t limit : {8u, 7u}) {
            Asked& asked = rig.get();
            auto peer = co_await rig.accept();
            co_await peer.request();
            co_await peer.send(answer("12345678", "Connection: close\r\n"));
            co_await asked.done.wait();
            const auto all = co_await asked.response().read_all(limit);
            EXPECT_EQ(all.has_value(), limit == 8);
            if (!all) {
                EXPECT_EQ(all.error().code, errc::too_large);
            }
        }
    });
}

TEST(HttpClient, refuses_what_would_not_be_one_request) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        std::vector<OutboundRequest> bad(6);
        bad[0].method = "GET /x HTTP/1.1\r\nX:";
        bad[1].target = "/x HTTP/1.1\r\nX: y";
        bad[2].target = "x";
        bad[3].fields = {{"X", "a\r\nY: b"}};
        bad[4].fields = {{"X: a\r\nY", "b"}};
        bad[5].fields = {{"", "b"}};
        for (auto& request : bad) {
            Asked& asked = rig.ask(std::move(request));
            co_await asked.done.wait();
            EXPECT_EQ(asked.code(), errc::invalid_request);
        }
    });
}

TEST(HttpClient, speaks_over_a_unix_socket) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        using Unix = asio::local::stream_protocol;
        const test::TempDir dir;
        const std::string path = dir.file("http.sock");
        asio::basic_socket_acceptor<Unix, Executor> acceptor(rig.executor, Unix::endpoint(path));
        rig.use("unix:" + path);
        Asked& asked = rig.get("/x");
        asio::basic_stream_socket<Unix, Executor> peer(rig.executor);
        co_await acceptor.async_accept(peer, use_awaitable);
        const std::string text = answer("over a file");
        const auto bytes = asio::buffer(text);
        co_await asio::async_write(peer, bytes, use_awaitable);
        co_await asked.done.wait();
        const auto all = co_await asked.response().read_all(100);
        EXPECT_EQ(*all, "over a file");
        rig.use("unix:" + dir.file("nobody.sock"));
        Asked& refused = rig.get();
        co_await refused.done.wait();
        EXPECT_EQ(refused.code(), errc::upstream_unreachable);
        rig.use("unix:/" + std::string(200, 'x'));
        Asked& too_long = rig.get();
        co_await too_long.done.wait();
        EXPECT_EQ(too_long.code(), errc::upstream_unreachable);
    });
}

TEST(HttpClient, finds_localhost_on_either_address_and_fails_for_names_that_do_not_exist) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.use("http://localhost:" + std::to_string(rig.port));
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_NE(head.find("Host: localhost:"), std::string::npos);
        co_await peer.send(answer("x"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
        // Reserved: it never exists (RFC 6761 section 6.4).
        rig.use("http://nobody.invalid");
        Asked& unknown = rig.get();
        co_await unknown.done.wait();
        EXPECT_EQ(unknown.code(), errc::upstream_unreachable);
        EXPECT_NE(unknown.outcome->error().message.find("nobody.invalid"), std::string::npos);
    });
}

TEST(HttpClient, its_sockets_are_not_inherited) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        HttpWire wire(rig.executor);
        const auto url = parse_http_url(rig.url()).value();
        const auto connected = co_await wire.connect(url, nullptr, Deadline());
        CO_REQUIRE(connected.has_value());
        int checked = 0;
        for (int fd = 3; fd < 256; ++fd) {
            sockaddr_in to{};
            socklen_t size = sizeof(to);
            if (::getpeername(fd, reinterpret_cast<sockaddr*>(&to), &size) != 0 || ntohs(to.sin_port) != rig.port)
                continue;
            ++checked;
            EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
        }
        EXPECT_EQ(checked, 1);
    });
}

}  // namespace
}  // namespace agenthub

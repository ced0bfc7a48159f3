// What a broken or hostile HTTP client gets: a status and a JSON body that says why, and the next good request works.

#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/raw_connection.hpp"

namespace agenthub::test {
namespace {

constexpr int kBodyLimit = 4096;

class HttpFaults : public ::testing::Test {
protected:
    HttpFaults() : daemon_(config()), client_(daemon_.port()) { client_.initialize(); }

    static nlohmann::json config() {
        auto config = hostile_config();
        config["limits"] = {{"body_bytes", kBodyLimit}, {"header_timeout", 1}, {"body_timeout", 1}};
        return config;
    }

    // The reply to a POST with this body in the open session.
    Reply posted(const std::string& body) { return client_.post(body); }

    static std::string why(const std::string& body) {
        const auto tree = nlohmann::json::parse(body, nullptr, false);
        if (!tree.is_object())
            return {};
        if (tree.contains("detail"))
            return tree["detail"].get<std::string>();
        return tree.contains("error") ? tree["error"]["message"].get<std::string>() : std::string();
    }

    void expect_good_request_works() { EXPECT_EQ(client_.call("echo", {{"text", "fine"}}).text(), "fine"); }

    std::string head(const std::string& rest) const {
        return "POST /mcp/hostile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Accept: application/json, text/event-stream\r\nMcp-Session-Id: " +
               client_.session_id + "\r\n" + rest;
    }

    void expect_refused(const std::string& bytes, int status) {
        const auto response = raw_exchange(daemon_.port(), bytes);
        ASSERT_TRUE(response.has_value()) << bytes.substr(0, 300);
        EXPECT_EQ(response->status, status) << response->body;
        EXPECT_FALSE(why(response->body).empty()) << response->body;
        EXPECT_EQ(response->header("X-Request-ID").size(), 36U);
        expect_good_request_works();
    }

    Daemon daemon_;
    McpClient client_;
};

TEST_F(HttpFaults, bodies_that_are_not_messages_get_400_and_the_json_rpc_code) {
    const std::vector<std::pair<std::string, int>> cases = {
        {R"({"jsonrpc":"2.0","id":1,"method":"pi)", -32700},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xFF\"}", -32700},
        {"", -32700},
        {"nope", -32700},
        {"[]", -32600},
        {"{}", -32600},
        {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", -32600},
    };
    for (const auto& [body, code] : cases) {
        const Reply reply = posted(body);
        EXPECT_EQ(reply.status, 400) << body;
        EXPECT_EQ(reply.rpc_error().value("code", 0), code) << body << " → " << reply.body;
        EXPECT_FALSE(why(reply.body).empty());
    }
    expect_good_request_works();
}

TEST_F(HttpFaults, a_million_levels_of_nesting_are_refused) {
    auto config = hostile_config();
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const std::string deep(1'000'000, '[');
    EXPECT_EQ(client.post(deep).status, 400);
    EXPECT_EQ(client.post(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":)" + deep).status, 400);
    EXPECT_EQ(client.call("echo", {{"text", "fine"}}).text(), "fine");
}

TEST_F(HttpFaults, a_body_at_the_limit_passes_and_one_byte_more_is_413) {
    const std::string frame = rpc("tools/call", {{"name", "echo"}, {"arguments", {{"text", ""}}}}, 7);
    const std::string at_limit = rpc(
        "tools/call", {{"name", "echo"}, {"arguments", {{"text", std::string(kBodyLimit - frame.size(), 'x')}}}}, 7);
    ASSERT_EQ(at_limit.size(), static_cast<std::size_t>(kBodyLimit));
    EXPECT_EQ(posted(at_limit).status, 200);
    const Reply over = posted(at_limit + " ");
    EXPECT_EQ(over.status, 413) << over.error;
    EXPECT_NE(why(over.body).find("limits.body_bytes"), std::string::npos);
    const std::string chunk(kBodyLimit + 1, 'x');
    expect_refused(head("Transfer-Encoding: chunked\r\n\r\n1001\r\n") + chunk + "\r\n0\r\n\r\n", 413);
}

TEST_F(HttpFaults, wrong_lengths_and_chunks) {
    expect_refused(head("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 400);
    expect_refused(head("Content-Length: abc\r\n\r\nhello"), 400);
    expect_refused(head("Content-Length: -1\r\n\r\n"), 400);
    expect_refused(head("Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), 400);
    expect_refused("GARBAGE\r\n\r\n", 400);
    expect_refused("GET /livez HTTP/3.9\r\nHost: localhost\r\n\r\n", 505);
}

TEST_F(HttpFaults, a_body_that_never_comes_is_408) {
    expect_refused(head("Content-Length: 50\r\n\r\n{"), 408);
    expect_refused("POST /mcp/hostile HTTP/1.1\r\nHost: local", 408);
}

TEST_F(HttpFaults, ten_thousand_headers_are_431) {
    std::string headers;
    for (int i = 0; i < 10'000; ++i)
        headers += "X-H" + std::to_string(i) + ": v\r\n";
    expect_refused(head(headers + "Content-Length: 0\r\n\r\n"), 431);
}

TEST_F(HttpFaults, methods_paths_and_media_types) {
    httplib::Client http("127.0.0.1", daemon_.port());
    const auto put = http.Put("/mcp/hostile", "{}", "application/json");
    ASSERT_TRUE(put);
    EXPECT_EQ(put->status, 405);
    EXPECT_EQ(put->get_header_value("Allow"), "GET, POST, DELETE, OPTIONS");
    const auto wrong_verb = http.Post("/health");
    EXPECT_EQ(wrong_verb->status, 405);
    EXPECT_EQ(why(wrong_verb->body), "Method Not Allowed");
    EXPECT_EQ(http.Get("/nothing")->status, 404);
    EXPECT_EQ(why(http.Get("/nothing")->body), "Not Found");
    const httplib::Headers accept{{"Accept", "application/json, text/event-stream"}};
    EXPECT_EQ(http.Post("/mcp/nobody", accept, "{}", "application/json")->status, 404);
    EXPECT_EQ(http.Post("/mcp/hostile", accept, "{}", "text/plain")->status, 415);
    const httplib::Headers json_only{{"Accept", "application/json"}};
    EXPECT_EQ(http.Post("/mcp/hostile", json_only, "{}", "application/json")->status, 406);
    const httplib::Headers wrong_get{{"Accept", "application/json"}, {"Mcp-Session-Id", client_.session_id}};
    EXPECT_EQ(http.Get("/mcp/hostile", wrong_get)->status, 406);
    EXPECT_EQ(http.Post("/mcp/hostile", accept, "{}", "application/json; charset=utf-8")->status, 400)
        << "parameters of the media type are fine; the body is not";
    expect_good_request_works();
}

TEST_F(HttpFaults, a_foreign_host_or_origin_is_403_before_anything_else) {
    const auto exchange = [&](const std::string& fields, const std::string& line = "GET /livez") {
        return raw_exchange(daemon_.port(), line + " HTTP/1.1\r\n" + fields + "Connection: close\r\n\r\n")->status;
    };
    EXPECT_EQ(exchange("Host: localhost\r\n"), 200);
    EXPECT_EQ(exchange("Host: 127.0.0.1:1\r\n"), 200);
    EXPECT_EQ(exchange("Host: evil.example.com\r\n"), 403);
    EXPECT_EQ(exchange("Host: localhost\r\nOrigin: http://evil.example.com\r\n"), 403);
    EXPECT_EQ(exchange("Host: localhost\r\nOrigin: null\r\n"), 403);
    const std::string own = "Origin: http://localhost:" + std::to_string(daemon_.port()) + "\r\n";
    EXPECT_EQ(exchange("Host: localhost\r\n" + own), 200);
    EXPECT_EQ(exchange("Host: localhost\r\n" + own, "GET /health"), 403) << "admin routes are closed to every page";
    EXPECT_EQ(exchange("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", "GET /servers"), 403);
    EXPECT_EQ(exchange("Host: localhost\r\nOrigin: http://evil.example.com\r\n", "POST /servers/hostile/start"), 403);
    EXPECT_EQ(exchange("", "GET /livez"), 403) << "no Host at all";
}

TEST_F(HttpFaults, many_requests_on_one_connection_and_in_one_segment) {
    RawConnection connection(daemon_.port());
    const std::string body = R"({"jsonrpc":"2.0","id":"p","method":"ping"})";
    const std::string one = head("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n") + body;
    ASSERT_TRUE(connection.send(one + one + one));
    for (int i = 0; i < 3; ++i) {
        const auto response = connection.read_response();
        ASSERT_TRUE(response.has_value());
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, R"({"jsonrpc":"2.0","id":"p","result":{}})");
    }
}

TEST_F(HttpFaults, expect_100_continue_and_http_1_0) {
    RawConnection connection(daemon_.port());
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
    connection.send(head("Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"));
    EXPECT_EQ(connection.read_response()->status, 100);
    connection.send(body);
    EXPECT_EQ(connection.read_response()->status, 200);
    const auto old = raw_exchange(daemon_.port(), "GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(old->status, 200);
    EXPECT_EQ(old->body, R"({"status":"alive"})");
}

TEST(HttpLimits, connections_over_the_limit_are_told_so) {
    auto config = hostile_config();
    config["limits"] = {{"connections", 2}};
    Daemon daemon(config);
    // The fixture's own connections have ended or are about to.
    ASSERT_TRUE(wait_until([&] {
        return raw_exchange(daemon.port(),
                            "GET /livez HTTP/1.1\r\nHost: localhost\r\n"
                            "Connection: close\r\n\r\n")
                   ->status == 200;
    }));
    const std::string request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto accepted = [&](RawConnection& connection) {
        connection.send(request);
        const auto response = connection.read_response();
        return response ? response->status : 0;
    };
    RawConnection first(daemon.port());
    RawConnection second(daemon.port());
    ASSERT_TRUE(wait_until([&] { return accepted(first) == 200; }));
    ASSERT_TRUE(wait_until([&] { return accepted(second) == 200; }));
    RawConnection third(daemon.port());
    const auto refused = third.read_response();
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("Retry-After"), "1");
    EXPECT_EQ(accepted(first), 200);
}

}  // namespace
}  // namespace agenthub::test

// The test client against a scripted HTTP server: what it sends, and what it makes of the answers.

#include "tests/support/mcp_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/support/event_stream.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

// Answers the protocol's start properly, tools/call "stream" with events, "array" with a batch, and GET with a stream.
class ScriptedEndpoint : public ::testing::Test {
protected:
    ScriptedEndpoint() {
        server_.Post("/mcp/x", [this](const auto& request, auto& response) { post(request, response); });
        server_.Get("/mcp/x", [](const httplib::Request&, httplib::Response& response) {
            response.set_chunked_content_provider("text/event-stream", [](std::size_t, httplib::DataSink& sink) {
                const std::string events =
                    ": beat\n\nid: 1\ndata: {\"method\":\"a\"}\n\nid: 2\ndata: {\"method\":\"b\"}\n\n";
                sink.write(events.data(), events.size());
                sink.done();
                return true;
            });
        });
        server_.Delete("/mcp/x", [this](const httplib::Request& request, httplib::Response&) {
            deleted_ = request.get_header_value("Mcp-Session-Id");
        });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        wait_until([this] { return server_.is_running(); });
    }
    ~ScriptedEndpoint() override {
        server_.stop();
        thread_.join();
    }

    void post(const httplib::Request& request, httplib::Response& response) {
        last_ = request;
        const json message = json::parse(request.body);
        const json id = message.value("id", json());
        if (id.is_null()) {
            response.status = 202;
        } else if (message["method"] == "initialize") {
            response.set_header("Mcp-Session-Id", "secret");
            reply(response, {{"id", id}, {"result", {{"protocolVersion", "2025-06-18"}}}});
        } else if (message["params"]["name"] == "stream") {
            response.set_content(
                "data: {\"method\":\"n\"}\n\ndata: " + json({{"id", id}, {"result", 1}}).dump() + "\n\n",
                "text/event-stream");
        } else if (message["params"]["name"] == "array") {
            reply(response, json::array({{{"method", "n"}}, {{"id", id}, {"error", {{"code", -1}}}}}));
        } else {
            response.status = 404;
            response.set_content("not json", "text/plain");
        }
    }
    static void reply(httplib::Response& response, const json& body) {
        response.set_content(body.dump(), "application/json");
    }

    httplib::Server server_;
    httplib::Request last_;
    std::string deleted_;
    int port_ = 0;
    std::thread thread_;
};

TEST_F(ScriptedEndpoint, keeps_session_and_version_after_initialize) {
    McpClient client(port_, "x");
    EXPECT_EQ(client.initialize().status, 200);
    EXPECT_EQ(last_.body, R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    EXPECT_EQ(last_.get_header_value("Mcp-Session-Id"), "secret");
    EXPECT_EQ(last_.get_header_value("MCP-Protocol-Version"), "2025-06-18");
    EXPECT_EQ(client.end_session().status, 200);
    EXPECT_EQ(deleted_, "secret");
}

TEST_F(ScriptedEndpoint, reads_messages_from_events_arrays_and_nothing) {
    McpClient client(port_, "x");
    const Reply stream = client.call("stream");
    ASSERT_EQ(stream.messages.size(), 2u);
    EXPECT_TRUE(stream.is_stream());
    EXPECT_EQ(stream.result(), 1);
    EXPECT_EQ(stream.unasked().size(), 1u);

    const Reply array = client.call_later("array").get();
    EXPECT_EQ(array.rpc_error()["code"], -1);
    EXPECT_EQ(array.unasked().size(), 1u);

    const Reply none = client.call("none");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.body, "not json");
    EXPECT_TRUE(none.messages.empty());
    EXPECT_TRUE(none.result().is_null());
    EXPECT_EQ(none.text(), "");
}

TEST_F(ScriptedEndpoint, a_get_stream_delivers_and_ends) {
    McpClient client(port_, "x");
    const auto stream = client.get_stream();
    EXPECT_EQ(stream->status(), 200);
    ASSERT_TRUE(stream->wait_for_count(2));
    EXPECT_EQ(stream->messages()[1]["method"], "b");
    EXPECT_EQ(stream->events()[0].id, "1");
    EXPECT_EQ(stream->comments(), 1);
    EXPECT_TRUE(stream->wait_for_end());
    EXPECT_FALSE(stream->wait_for_count(3));
}

// A port that was free a moment ago and has no listener.
int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(fd);
    return ntohs(address.sin_port);
}

TEST(McpClient, a_refused_connection_has_status_0) {
    McpClient client(free_port());
    client.timeout = std::chrono::seconds(1);
    const Reply reply = client.call("echo");
    EXPECT_EQ(reply.status, 0);
    EXPECT_NE(reply.error, "");
}

}  // namespace
}  // namespace agenthub::test

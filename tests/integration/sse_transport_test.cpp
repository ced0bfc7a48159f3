// HTTP+SSE, the transport of 2024-11-05, on the real binary.

#include <gtest/gtest.h>

#include <future>

#include "tests/support/daemon.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/sse_client.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

class SseTransport : public ::testing::Test {
protected:
    SseTransport() : daemon_(config()) {}
    static json config() {
        json out = hostile_config();
        out["mcpServers"]["other"] = hostile();
        return out;
    }
    std::size_t sessions() const {
        httplib::Client http("127.0.0.1", daemon_.port());
        return json::parse(http.Get("/health")->body)["sessions"].get<std::size_t>();
    }
    json stats(SseClient& client) {
        client.call("stats", json::object(), ++id_);
        return client.answer(id_)["result"]["structuredContent"];
    }

    Daemon daemon_;
    int id_ = 1000;
};

TEST_F(SseTransport, begins_with_the_endpoint_and_answers_on_the_stream) {
    SseClient client(daemon_.port());
    ASSERT_FALSE(client.stream().events().empty()) << client.stream().body();
    EXPECT_EQ(client.stream().events()[0].name, "endpoint");
    EXPECT_TRUE(client.endpoint.starts_with("/mcp/hostile/messages?sessionId=")) << client.endpoint;
    EXPECT_EQ(client.initialize(), 202);
    EXPECT_EQ(client.last_body, "");
    EXPECT_EQ(client.answer(0)["result"]["protocolVersion"], "2024-11-05");
    EXPECT_EQ(client.call("echo", {{"text", "hello"}}, "one"), 202);
    EXPECT_EQ(client.text("one"), "hello");
    for (const SseEvent& event : client.stream().events())
        EXPECT_FALSE(event.has_id) << "nothing can be resumed";
    EXPECT_EQ(client.stream().events().back().name, "message");
}

TEST_F(SseTransport, speaks_every_legacy_revision) {
    for (const std::string version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        SseClient client(daemon_.port());
        client.initialize(version);
        EXPECT_EQ(client.answer(0)["result"]["protocolVersion"], version);
        client.call("echo", {{"text", version}}, 1);
        EXPECT_EQ(client.text(1), version);
    }
}

TEST_F(SseTransport, carries_progress_logs_and_list_changes_on_its_one_stream) {
    SseClient client(daemon_.port());
    SseClient bystander(daemon_.port());
    client.initialize();
    bystander.initialize();
    client.call("progress", {{"n", 3}}, 1, {{"progressToken", "p"}});
    client.answer(1);
    EXPECT_EQ(client.count("notifications/progress"), 3U);
    client.call("log", {{"n", 2}, {"level", "warning"}}, 2);
    client.answer(2);
    EXPECT_EQ(client.count("notifications/message"), 2U);
    client.call("list_changed", json::object(), 3);
    client.answer(3);
    EXPECT_TRUE(bystander.stream().wait_for_count(2));
    EXPECT_EQ(bystander.count("notifications/tools/list_changed"), 1U);
    EXPECT_EQ(bystander.count("notifications/progress"), 0U);
    client.post(rpc("resources/subscribe", {{"uri", "hostile://a"}}, 4));
    client.answer(4);
    bystander.call("update", {{"uri", "hostile://a"}}, 5);
    bystander.answer(5);
    EXPECT_TRUE(client.stream().wait_for(
        [](const auto& seen) { return seen.back().value("method", "") == "notifications/resources/updated"; }));
    EXPECT_EQ(bystander.count("notifications/resources/updated"), 0U);
}

TEST_F(SseTransport, a_call_can_be_cancelled_while_others_are_answered) {
    SseClient client(daemon_.port());
    client.initialize();
    client.call("sleep", {{"ms", 600'000}}, 1);
    client.call("echo", {{"text", "meanwhile"}}, 2);
    EXPECT_EQ(client.text(2), "meanwhile");
    EXPECT_EQ(client.call("echo", {{"text", "x"}}, 1), 400) << "this id is in flight";
    EXPECT_EQ(client.post(rpc("notifications/cancelled", {{"requestId", 1}}, nullptr)), 202);
    ASSERT_TRUE(wait_until([&] { return stats(client)["cancelled"].size() == 1; })) << stats(client).dump();
    EXPECT_EQ(client.call("echo", {{"text", "again"}}, 1), 202) << "the id is free again";
    EXPECT_EQ(client.text(1), "again");
}

TEST_F(SseTransport, the_session_and_its_calls_end_with_the_stream) {
    SseClient client(daemon_.port());
    client.initialize();
    SseClient witness(daemon_.port());
    witness.initialize();
    client.call("sleep", {{"ms", 600'000}}, 1);
    client.call("echo", {{"text", "sleeping"}}, 2);
    EXPECT_EQ(client.text(2), "sleeping");
    client.close();
    EXPECT_TRUE(wait_until([&] { return sessions() == 1; }));
    EXPECT_TRUE(wait_until([&] { return stats(witness)["cancelled"].size() == 1; })) << stats(witness).dump();
    EXPECT_EQ(client.call("echo", {{"text", "x"}}, 3), 404);
}

TEST_F(SseTransport, sessions_are_required_known_and_of_this_transport_and_server) {
    SseClient client(daemon_.port());
    client.initialize();
    const std::string mine = client.endpoint;
    const auto status_at = [&](const std::string& uri) {
        client.endpoint = uri;
        return client.post(rpc("ping", nullptr, 1));
    };
    EXPECT_EQ(status_at("/mcp/hostile/messages"), 400);
    EXPECT_EQ(status_at("/mcp/hostile/messages?sessionId="), 400);
    EXPECT_EQ(status_at("/mcp/hostile/messages?sessionId=a.00000000000000000000000000000000"), 404);
    EXPECT_EQ(status_at("/mcp/other/messages" + mine.substr(mine.find('?'))), 404);
    EXPECT_EQ(status_at("/mcp/nobody/messages" + mine.substr(mine.find('?'))), 404);
    EXPECT_EQ(status_at(mine), 202);
    McpClient streamable(daemon_.port());
    streamable.initialize();
    EXPECT_EQ(status_at("/mcp/hostile/messages?sessionId=" + streamable.session_id), 404);
    streamable.session_id = mine.substr(mine.find('=') + 1);
    EXPECT_EQ(streamable.request("ping").status, 404);
    EXPECT_EQ(streamable.end_session().status, 404);
}

TEST_F(SseTransport, initialize_comes_first_and_once) {
    SseClient client(daemon_.port());
    EXPECT_EQ(client.call("echo", {{"text", "early"}}, 1), 400);
    EXPECT_EQ(client.post(rpc("ping", nullptr, 2)), 202);
    EXPECT_EQ(client.answer(2)["result"], json::object());
    EXPECT_EQ(client.initialize(), 202);
    EXPECT_EQ(client.post(rpc("initialize", {{"protocolVersion", "2024-11-05"}}, 3)), 400);
}

TEST_F(SseTransport, batches_are_as_the_revision_says) {
    const std::string batch = "[" + rpc("ping", nullptr, 1) + "," + rpc("ping", nullptr, "two") + "," +
                              rpc("notifications/initialized", nullptr, nullptr) + ",7]";
    SseClient client(daemon_.port());
    EXPECT_EQ(client.post(batch), 400) << "before initialize";
    client.initialize("2025-03-26");
    EXPECT_EQ(client.post(batch), 202);
    EXPECT_EQ(client.answer(1)["result"], json::object());
    EXPECT_EQ(client.answer("two")["result"], json::object());
    EXPECT_TRUE(client.stream().wait_for_count(4)) << "the broken element has an error";
    for (const std::string version : {"2024-11-05", "2025-06-18"}) {
        SseClient other(daemon_.port());
        other.initialize(version);
        EXPECT_EQ(other.post(batch), 400) << version;
    }
}

TEST_F(SseTransport, requests_are_checked_as_everywhere) {
    SseClient client(daemon_.port());
    client.initialize();
    EXPECT_EQ(client.post("{"), 400);
    EXPECT_EQ(client.post(rpc("ping", nullptr, 1), {{"Origin", "http://evil.example.com"}}), 403);
    EXPECT_EQ(client.post(rpc("ping", nullptr, 1), {{"MCP-Protocol-Version", "1999-01-01"}}), 400);
    EXPECT_EQ(client.post(rpc("ping", nullptr, 1), {{"MCP-Protocol-Version", "2024-11-05"}}), 202);
    EXPECT_EQ(client.post(rpc("ping", nullptr, 2), {{"Accept", "text/plain"}}), 202) << "nothing comes back here";
    httplib::Client http("127.0.0.1", daemon_.port());
    EXPECT_EQ(http.Post(client.endpoint, rpc("ping", nullptr, 1), "text/plain")->status, 415);
    EXPECT_EQ(http.Get("/mcp/hostile/sse", {{"Accept", "application/json"}})->status, 406);
    EXPECT_EQ(http.Get("/mcp/hostile/sse", {{"Origin", "http://evil.example.com"}})->status, 403);
    EXPECT_EQ(http.Get("/mcp/nobody/sse")->status, 404);
    EXPECT_EQ(http.Get(client.endpoint)->status, 405);
}

// A client that tries Streamable HTTP first learns by the 405 that it must GET; one that GETs first, that it must POST.
TEST_F(SseTransport, is_discovered_by_clients_that_try_the_other_transport_first) {
    httplib::Client http("127.0.0.1", daemon_.port());
    const auto posted =
        http.Post("/mcp/hostile/sse", rpc("initialize", {{"protocolVersion", "2025-11-25"}}, 1), "application/json");
    EXPECT_EQ(posted->status, 405);
    EXPECT_EQ(posted->get_header_value("Allow"), "GET, OPTIONS");
    const auto got = http.Get("/mcp/hostile", {{"Accept", "text/event-stream"}});
    EXPECT_EQ(got->status, 405);
    EXPECT_NE(got->body.find("/mcp/hostile/sse"), std::string::npos) << got->body;
    EXPECT_EQ(http.Post("/messages?sessionId=x", rpc("ping", nullptr, 1), "application/json")->status, 404);
}

TEST_F(SseTransport, a_shutdown_answers_what_is_in_flight_and_ends_the_streams) {
    SseClient busy(daemon_.port());
    SseClient quiet(daemon_.port());
    busy.initialize();
    quiet.initialize();
    busy.call("sleep", {{"ms", 700}, {"text", "in time"}}, 1);
    const auto code = daemon_.stop();
    EXPECT_EQ(code, 0);
    EXPECT_EQ(busy.text(1), "in time");
    EXPECT_TRUE(busy.stream().wait_for_end());
    EXPECT_TRUE(quiet.stream().wait_for_end());
}

TEST_F(SseTransport, a_flood_is_survived_by_its_answer) {
    SseClient client(daemon_.port());
    client.initialize();
    client.call("flood", {{"n", 20'000}}, 1);
    EXPECT_EQ(client.text(1), "logged");
    client.call("echo", {{"text", "fine"}}, 2);
    EXPECT_EQ(client.text(2), "fine");
}

TEST(SseLimits, a_stream_is_a_session_and_counts_as_one) {
    json config = hostile_config();
    config["limits"] = {{"sessions", 2}, {"body_bytes", 2000}};
    Daemon daemon(config);
    SseClient first(daemon.port());
    SseClient second(daemon.port());
    SseClient third(daemon.port());
    EXPECT_EQ(first.initialize(), 202);
    EXPECT_EQ(second.initialize(), 202);
    EXPECT_EQ(third.stream().status(), 503);
    first.close();
    EXPECT_TRUE(wait_until([&] { return SseClient(daemon.port()).stream().status() == 200; }));
    std::string body = rpc("ping", nullptr, 1);
    EXPECT_EQ(second.post(body + std::string(2000 - body.size(), ' ')), 202);
    EXPECT_EQ(second.post(body + std::string(2001 - body.size(), ' ')), 413);
}

}  // namespace
}  // namespace agenthub::test

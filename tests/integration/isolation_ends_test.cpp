// Processes that are not shared are bounded in number, and end with those who used them.

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/integration/isolated_server.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/raw_connection.hpp"

namespace agenthub::test {
namespace {

// Two sessions and one place, which the first has.
struct OnePlace : testing::Test {
    OnePlace() {
        first.initialize();
        second.initialize();
        pid = server_of(first);
    }
    // Returns when a call of the second session waits for the place.
    void until_waiting() {
        ASSERT_TRUE(wait_until([this] { return calls_running(daemon) > 0; }));
    }

    Daemon daemon{isolated_config("session", {{"max_instances", 1}, {"queue_timeout", "20s"}})};
    McpClient first{daemon.port()};
    McpClient second{daemon.port()};
    pid_t pid = -1;
};

// The bytes of a tools/call over HTTP; `params` is JSON text.
std::string post_of_call(const std::string& session_id, const std::string& params) {
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)" + params + "}";
    return "POST /mcp/hostile HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, text/event-stream\r\n"
           "Content-Type: application/json\r\nMcp-Session-Id: " +
           session_id + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Isolation, at_max_instances_a_session_waits_for_a_place_and_is_then_sent_away_with_a_time) {
    Daemon daemon(isolated_config("session", {{"max_instances", 2}, {"queue_timeout", "500ms"}}));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    McpClient third(daemon.port());
    first.initialize();
    second.initialize();
    third.initialize();
    server_of(first);
    server_of(second);
    const Reply refused = third.call("echo", {{"text", "no place"}});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(refused.rpc_error()["data"]["reason"], "busy");
    EXPECT_NE(refused.rpc_error()["message"].get<std::string>().find("max_instances"), std::string::npos);
    EXPECT_EQ(daemon.server_processes().size(), 2U);
}

TEST_F(OnePlace, a_session_that_ends_makes_room_for_one_that_waits) {
    auto waiting = second.call_later("echo", {{"text", "my turn"}});
    auto also = second.call_later("echo", {{"text", "with it"}});
    EXPECT_EQ(first.call("echo", {{"text", "still mine"}}).text(), "still mine");
    EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
    first.end_session();
    EXPECT_EQ(waiting.get().text(), "my turn");
    EXPECT_EQ(also.get().text(), "with it");
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST_F(OnePlace, a_session_that_ends_while_it_waits_for_a_place_gets_no_process) {
    auto waiting = second.call_later("echo", {{"text", "never"}});
    until_waiting();
    second.end_session();
    first.end_session();
    EXPECT_EQ(waiting.get().status, 202);
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty() && instances(daemon) == 0; }));
    EXPECT_FALSE(is_alive(pid));
}

TEST(Isolation, without_a_queue_nobody_waits_for_a_place) {
    Daemon daemon(isolated_config("session", {{"max_instances", 1}, {"queue", 0}, {"queue_timeout", "20s"}}));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    server_of(first);
    const Reply refused = second.call("echo", {{"text", "no place"}});
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.rpc_error()["message"].get<std::string>().find("queue"), std::string::npos);
}

TEST(Isolation, a_client_that_is_cut_off_and_stays_away_loses_its_session_and_its_process) {
    Daemon daemon(isolated_config("session", {{"session_grace", "100ms"}}));
    McpClient client(daemon.port());
    client.initialize();
    const pid_t pid = server_of(client);
    client.get_stream()->close();
    EXPECT_TRUE(wait_until([&] { return !is_alive(pid); }));
    EXPECT_EQ(client.request("ping").status, 404);
}

TEST(Isolation, a_client_that_is_cut_off_while_it_waits_and_stays_away_keeps_no_process) {
    Daemon daemon(isolated_config("session", {{"session_grace", "100ms"}}));
    // One of which nothing is heard, one that sends progress, one that asks its client.
    for (const char* params : {R"({"name":"sleep","arguments":{"ms":3600000}})",
                               R"({"name":"work","arguments":{"for_ms":3600000},"_meta":{"progressToken":1}})",
                               R"({"name":"ask","arguments":{"method":"elicitation/create","wait_ms":3600000}})"}) {
        McpClient client(daemon.port());
        client.initialize("2025-11-25", {{"elicitation", nlohmann::json::object()}});
        const pid_t pid = server_of(client);
        {
            RawConnection connection(daemon.port());
            connection.send(post_of_call(client.session_id, params));
            EXPECT_TRUE(wait_until([&] { return calls_running(daemon) == 1; })) << params;
        }
        EXPECT_TRUE(wait_until([&] { return !is_alive(pid); })) << params;
        EXPECT_EQ(client.request("ping").status, 404) << params;
    }
}

TEST(Isolation, a_client_that_comes_back_in_time_keeps_both) {
    Daemon daemon(isolated_config("session", {{"session_grace", "1h"}}));
    McpClient client(daemon.port());
    client.initialize();
    const pid_t pid = server_of(client);
    client.get_stream()->close();
    EXPECT_EQ(server_of(client), pid);
}

TEST(Isolation, clients_that_start_a_call_and_vanish_leave_nothing) {
    Daemon daemon(isolated_config("session", {{"session_grace", "1ms"}, {"queue_timeout", "100ms"}}));
    for (int i = 0; i < 40; ++i) {
        McpClient client(daemon.port());
        client.initialize();
        RawConnection connection(daemon.port());
        connection.send(post_of_call(client.session_id, R"({"name":"sleep","arguments":{"ms":100}})"));
    }
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty() && instances(daemon) == 0; }));
}

TEST(Isolation, a_session_that_returns_gets_a_spare_when_there_is_no_other_place) {
    Daemon daemon(isolated_config("session", {{"max_instances", 2}, {"warm", 1}, {"idle_stop", "200ms"}}));
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    first.initialize();
    second.initialize();
    const pid_t pid = server_of(first);
    ASSERT_TRUE(wait_until([&] { return !is_alive(pid); })) << "unused for idle_stop";
    // A subscription keeps this one; the spare behind it has the other place.
    second.request("resources/subscribe", {{"uri", "hostile://a"}});
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().size() == 2; }));
    first.timeout = kBound;  // less than queue_timeout
    EXPECT_EQ(first.call("echo", {{"text", "served by the spare"}}).text(), "served by the spare");
    EXPECT_NE(server_of(first), server_of(second));
}

TEST_F(OnePlace, a_subscription_in_a_session_that_ends_meanwhile_starts_nothing_that_stays) {
    auto waiting = std::async(std::launch::async,
                              [&] { return second.request("resources/subscribe", {{"uri", "hostile://a"}}).status; });
    until_waiting();
    second.end_session();
    first.end_session();
    waiting.wait();
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty() && instances(daemon) == 0; }));
}

TEST_F(OnePlace, a_call_that_is_cancelled_while_it_waits_for_a_place_is_never_carried_out) {
    auto waiting = std::async(std::launch::async, [&] {
        return second.request("tools/call", {{"name", "echo"}, {"arguments", {{"text", "never"}}}}, 77).status;
    });
    until_waiting();
    second.notify("notifications/cancelled", {{"requestId", 77}});
    first.end_session();
    EXPECT_EQ(waiting.get(), 202);
    EXPECT_EQ(second.call("stats").result()["structuredContent"]["requests"]["tools/call"], 1);
}

TEST(Isolation, the_process_of_a_caller_without_a_session_ends_when_it_was_not_used) {
    Daemon daemon(isolated_config("caller", {{"session_grace", "1s"}, {"auto_start", true}}));
    EXPECT_EQ(post(daemon, "/mcp/hostile/tools/list"), 200);
    EXPECT_EQ(daemon.server_processes().size(), 1U);
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty() && instances(daemon) == 0; }));
}

TEST(Isolation, a_session_keeps_the_process_that_its_caller_has_without_it_too) {
    Daemon daemon(isolated_config("caller", {{"session_grace", "100ms"}, {"auto_start", true}}));
    McpClient client(daemon.port());
    client.headers.emplace("X-Client-ID", "alice");
    client.initialize();
    const pid_t pid = server_of(client);
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    for (int i = 0; i < 5; ++i) {
        const auto reply = http.Post("/mcp/hostile/tools/list", client.headers);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 200);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the time after which nobody uses it
    }
    EXPECT_EQ(daemon.server_processes().size(), 1U);
    EXPECT_EQ(server_of(client), pid);
}

}  // namespace
}  // namespace agenthub::test

// What servers ask their clients, and which client gets to hear it.

#include <gtest/gtest.h>

#include "tests/integration/answering.hpp"
#include "tests/integration/isolated_server.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

const json kRoots = {{"method", "roots/list"}, {"wait_ms", 20'000}};

json counters_of(const Daemon& daemon) {
    return get(daemon, "/servers/hostile")["process"]["counters"];
}

std::size_t times(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

TEST(Questions, a_shared_server_asks_the_one_client_whose_call_is_in_flight) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port()), other(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    other.initialize("2025-11-25", kCanAnswer);
    const auto other_stream = other.get_stream();
    const json methods = {"sampling/createMessage", "elicitation/create", "roots/list"};
    const Reply reply = call_answering_as(client, "me", "ask_many", {{"methods", methods}});
    const json answers = json::parse(reply.text(), nullptr, false);
    ASSERT_EQ(answers.size(), 3U) << reply.body;
    for (const auto& answer : answers)
        EXPECT_EQ(answer["result"]["answered_by"], "me");
    EXPECT_EQ(counters_of(daemon)["asked_requests"], 3);
    EXPECT_EQ(counters_of(daemon)["refused_requests"], 0);
    EXPECT_TRUE(other_stream->messages().empty());
    EXPECT_NE(get(daemon, "/servers/hostile").value("advice", "").find("isolation"), std::string::npos);
    // The log is written by a thread of its own.
    EXPECT_TRUE(wait_until([&] { return times(daemon.stderr_text(), "asks its clients something") > 0; }));
    EXPECT_EQ(times(daemon.stderr_text(), "asks its clients something"), 1U) << "said once";
}

TEST(Questions, while_two_clients_calls_are_in_flight_a_shared_server_is_refused) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port()), other(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    other.initialize("2025-11-25", kCanAnswer);
    auto sleeping = other.call_later("sleep", {{"ms", 60'000}});
    ASSERT_TRUE(wait_until([&] { return calls_running(daemon) == 1; }));
    const Reply reply = call_answering_as(client, "me", "ask", kRoots);
    const json answer = json::parse(reply.text(), nullptr, false);
    EXPECT_EQ(answer["error"]["code"], -32603) << reply.body;
    EXPECT_TRUE(reply.unasked().empty());
    EXPECT_EQ(counters_of(daemon)["refused_requests"], 1);
    other.end_session();
    sleeping.get();
}

TEST(Questions, in_isolation_each_client_answers_for_itself) {
    Daemon daemon(isolated_config("session"));
    McpClient one(daemon.port()), two(daemon.port());
    one.initialize("2025-11-25", kCanAnswer);
    two.initialize("2025-11-25", kCanAnswer);
    auto other = std::async(std::launch::async, [&] { return call_answering_as(two, "two", "ask", kRoots); });
    const Reply reply = call_answering_as(one, "one", "ask", kRoots);
    EXPECT_EQ(json::parse(reply.text())["result"]["answered_by"], "one");
    EXPECT_EQ(json::parse(other.get().text())["result"]["answered_by"], "two");
}

TEST(Questions, without_a_call_an_isolated_server_asks_over_its_clients_stream) {
    Daemon daemon(isolated_config("session"));
    McpClient client(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    const auto stream = client.get_stream();
    client.call("ask_later", {{"ms", 1}});
    ASSERT_TRUE(stream->wait_for_count(1));
    const json asked = stream->messages().at(0);
    EXPECT_EQ(asked["method"], "roots/list");
    client.post(json({{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", json::object()}}).dump());
    EXPECT_TRUE(wait_until([&] { return counters_of(daemon)["asked_requests"] == 1; }));
}

TEST(Questions, auto_isolates_who_can_answer_and_who_comes_after_the_first_question) {
    Daemon daemon(isolated_config("auto"));
    McpClient plain(daemon.port()), also_plain(daemon.port()), able(daemon.port());
    plain.initialize();
    also_plain.initialize();
    able.initialize("2025-11-25", kCanAnswer);
    const pid_t shared = server_of(plain);
    EXPECT_EQ(server_of(also_plain), shared);
    const pid_t own = server_of(able);
    EXPECT_NE(own, shared);
    const Reply reply = call_answering_as(able, "able", "ask", kRoots);
    EXPECT_EQ(json::parse(reply.text())["result"]["answered_by"], "able");
    McpClient before(daemon.port());
    before.initialize();
    EXPECT_EQ(server_of(before), shared) << "asked of its own client it shows nothing";

    EXPECT_EQ(json::parse(plain.call("ask", kRoots).text())["error"]["code"], -32601);
    McpClient after(daemon.port());
    after.initialize();
    EXPECT_NE(server_of(after), shared);
    EXPECT_EQ(server_of(plain), shared) << "who was there stays";

    ASSERT_EQ(daemon.stop(), 0);
    daemon.start();
    McpClient one(daemon.port()), two(daemon.port());
    one.initialize();
    two.initialize();
    EXPECT_NE(server_of(one), server_of(two)) << "remembered";
}

TEST(Questions, a_session_that_ends_while_it_is_asked_leaves_the_server_in_order) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    auto asked = client.call_later("ask", kRoots);
    ASSERT_TRUE(wait_until([&] { return counters_of(daemon)["asked_requests"] == 1; }));
    client.end_session();
    asked.get();
    McpClient next(daemon.port());
    next.initialize();
    EXPECT_EQ(next.call("echo", {{"text", "x"}}).text(), "x");
    const json stats = stats_of(next);
    EXPECT_EQ(stats["cancelled"].size(), 1U);
    EXPECT_EQ(stats["answer_count"], 1) << "its question was answered for it";
}

TEST(Questions, an_answer_may_come_after_the_streams_client_has_gone) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    json question_id;
    {
        McpClient hasty(daemon.port());
        hasty.session_id = client.session_id;
        hasty.version = client.version;
        hasty.timeout = std::chrono::milliseconds(500);
        hasty.post(rpc("tools/call", {{"name", "ask"}, {"arguments", kRoots}}, 77), [&](const SseEvent& event) {
            const json message = json::parse(event.data, nullptr, false);
            if (message.is_object() && message.contains("method"))
                question_id = message["id"];
        });
    }
    ASSERT_FALSE(question_id.is_null());
    EXPECT_EQ(client.post(json({{"jsonrpc", "2.0"}, {"id", question_id}, {"result", json::object()}}).dump()).status,
              202);
    EXPECT_TRUE(wait_until([&] { return calls_running(daemon) == 0; })) << "disconnecting is not cancelling";
    EXPECT_TRUE(stats_of(client)["cancelled"].empty());
}

}  // namespace
}  // namespace agenthub::test

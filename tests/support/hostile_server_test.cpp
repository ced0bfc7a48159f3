// The hostile server keeps the protocol where it should, and tells what reached it.

#include <gtest/gtest.h>

#include "tests/support/hostile_driver.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(HostileServer, speaks_every_legacy_revision) {
    for (const auto* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        HostileDriver server;
        EXPECT_EQ(server.initialize(version)["result"]["protocolVersion"], version);
    }
    HostileDriver server({"--version", "1999-01-01", "--name", "odd"});
    const json result = server.initialize("2026-07-28")["result"];
    EXPECT_EQ(result["protocolVersion"], "1999-01-01");
    EXPECT_EQ(result["serverInfo"]["name"], "odd");
}

TEST(HostileServer, answers_the_plain_methods) {
    HostileDriver server;
    EXPECT_EQ(server.request(1, "ping")["result"], json::object());
    EXPECT_GT(server.request(2, "tools/list")["result"]["tools"].size(), 25u);
    EXPECT_EQ(server.request(3, "resources/list")["result"]["resources"].size(), 2u);
    EXPECT_EQ(server.request(4, "resources/templates/list")["result"]["resourceTemplates"].size(), 1u);
    EXPECT_EQ(server.request(5, "resources/read", {{"uri", "u"}})["result"]["contents"][0]["text"], "content of u");
    EXPECT_EQ(server.request(6, "prompts/list")["result"]["prompts"].size(), 1u);
    EXPECT_EQ(server.request(7, "prompts/get", {{"name", "greet"}})["result"]["messages"].size(), 1u);
    EXPECT_EQ(
        server.request(8, "completion/complete", {{"argument", {{"value", "v"}}}})["result"]["completion"]["values"][0],
        "v-one");
    EXPECT_EQ(server.request(9, "logging/setLevel", {{"level", "debug"}})["result"], json::object());
    EXPECT_EQ(server.request(10, "no/such")["error"]["code"], -32601);
    EXPECT_EQ(server.call(11, "no_such")["error"]["code"], -32602);
    EXPECT_EQ(server.stats()["log_level"], "debug");
}

TEST(HostileServer, echoes_arguments_byte_for_byte) {
    HostileDriver server;
    const std::string arguments = R"({"text":"\u00e9 x","n":9007199254740993,"x":1.0, "z":-0,"n":1})";
    server.process().write(R"({"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo","arguments":)" +
                           arguments + "}}\n");
    EXPECT_EQ(server.line(), R"({"jsonrpc":"2.0","id":"a","result":{"content":[{"type":"text","text":")"
                             "\xc3\xa9 x"
                             R"("}],"structuredContent":)" +
                                 arguments + "}}");
    const json last = server.call(2, "last_raw");
    EXPECT_NE(text_of(last).find(arguments), std::string::npos);
}

TEST(HostileServer, sleeps_are_concurrent_and_heed_cancellation) {
    HostileDriver server;
    server.send_call(1, "sleep", {{"ms", 60'000}});
    server.send_call(2, "sleep_deaf", {{"ms", 200}});
    server.send_call(3, "sleep", {{"ms", 1}});
    EXPECT_EQ(server.message()["id"], 3);
    server.send_notification("notifications/cancelled", {{"requestId", 1}});
    server.send_notification("notifications/cancelled", {{"requestId", 2}});
    EXPECT_EQ(server.message()["id"], 2);
    EXPECT_EQ(server.stats()["cancelled"], json::array({"1", "2"}));
}

TEST(HostileServer, errors_are_of_the_asked_kind) {
    HostileDriver server;
    const json error = server.call(1, "error", {{"code", -5}, {"message", "m"}, {"data", {{"k", 1}}}})["error"];
    EXPECT_EQ(error, json({{"code", -5}, {"message", "m"}, {"data", {{"k", 1}}}}));
    EXPECT_EQ(server.call(2, "tool_error")["result"]["isError"], true);
    EXPECT_TRUE(server.call(3, "null_fields")["result"]["structuredContent"].is_null());
}

TEST(HostileServer, stats_keep_what_came) {
    HostileDriver server;
    server.initialize();
    server.send_notification("notifications/initialized");
    server.request(1, "resources/subscribe", {{"uri", "hostile://a"}});
    server.request(2, "resources/subscribe", {{"uri", "hostile://b"}});
    server.request(3, "resources/unsubscribe", {{"uri", "hostile://a"}});
    server.process().write("not json\n[]\n{\"id\":77,\"result\":{}}\n");
    const json stats = server.stats();
    EXPECT_EQ(stats["subscriptions"], json::array({"hostile://b"}));
    EXPECT_EQ(stats["notification_count"], 1);
    EXPECT_EQ(stats["notifications"][0], R"({"jsonrpc":"2.0","method":"notifications/initialized","params":{}})");
    EXPECT_EQ(stats["bad_lines"], json::array({"not json", "[]"}));
    EXPECT_EQ(stats["unexpected_answers"].size(), 1u);
    EXPECT_EQ(stats["requests"]["resources/subscribe"], 2);
    EXPECT_EQ(stats["calls"]["stats"], 1);
    EXPECT_EQ(stats["initialize"]["protocolVersion"], "2025-11-25");
}

TEST(HostileServer, handshake_faults) {
    HostileDriver refusing({"--fail-handshake"});
    EXPECT_EQ(refusing.initialize()["error"]["code"], -32603);

    HostileDriver silent({"--silent", "--no-ping"});
    silent.send_request(1, "initialize");
    silent.send_request(2, "ping");
    EXPECT_EQ(silent.request(3, "tools/list")["id"], 3);

    HostileDriver slow({"--slow-start", "50"});
    slow.send_request(1, "initialize");
    EXPECT_EQ(slow.request(2, "ping")["id"], 2);
    EXPECT_EQ(slow.message()["id"], 1);

    HostileDriver plain({"--no-subscribe"});
    EXPECT_EQ(plain.initialize()["result"]["capabilities"]["resources"]["subscribe"], false);
    EXPECT_EQ(plain.request(1, "resources/subscribe", {{"uri", "x"}})["error"]["code"], -32601);

    HostileDriver curious({"--ask-at-start"});
    curious.initialize();
    curious.send_notification("notifications/initialized");
    EXPECT_EQ(curious.message()["method"], "roots/list");
    EXPECT_EQ(curious.message()["method"], "ping");
}

}  // namespace
}  // namespace agenthub::test

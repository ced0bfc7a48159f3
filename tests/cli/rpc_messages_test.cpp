#include "cli/rpc_messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

using nlohmann::json;

std::string fault_of(std::string_view arguments) {
    const auto checked = checked_arguments(arguments);
    return checked.has_error() ? checked.error().message : "accepted";
}

MessageKind kind(std::string_view text) {
    return kind_of(json::parse(text), 2);
}

std::string line_of(std::string_view text) {
    return notification_line(json::parse(text)).value_or("nothing");
}

TEST(RpcMessages, initialize_offers_the_newest_legacy_revision) {
    const json request = json::parse(initialize_request());
    EXPECT_EQ(request["jsonrpc"], "2.0");
    EXPECT_EQ(request["method"], "initialize");
    EXPECT_EQ(request["params"]["protocolVersion"], "2025-11-25");
    EXPECT_EQ(request["params"]["capabilities"], json::object());
    EXPECT_EQ(request["params"]["clientInfo"]["name"], "agenthub-cli");
}

TEST(RpcMessages, arguments_are_sent_as_they_were_given) {
    const std::string request = tool_call_request("say \"hi\"", R"({ "n": 12345678901234567890123, "x": 1.0 })");
    EXPECT_NE(request.find(R"("arguments":{ "n": 12345678901234567890123, "x": 1.0 },)"), std::string::npos);
    const json parsed = json::parse(request);
    EXPECT_EQ(parsed["params"]["name"], "say \"hi\"");
    EXPECT_EQ(parsed["params"]["_meta"]["progressToken"], parsed["id"]);
}

TEST(RpcMessages, a_cancellation_names_the_call) {
    const json parsed = json::parse(cancelled_notification("out of \"time\""));
    EXPECT_EQ(parsed["method"], "notifications/cancelled");
    EXPECT_EQ(parsed["params"]["requestId"], kToolCallId);
    EXPECT_EQ(parsed["params"]["reason"], "out of \"time\"");
    EXPECT_FALSE(parsed.contains("id"));
}

TEST(RpcMessages, arguments_are_an_object_and_lose_their_byte_order_mark) {
    EXPECT_EQ(checked_arguments(" {\"a\": 1} ").value(), " {\"a\": 1} ");
    EXPECT_EQ(checked_arguments("\xEF\xBB\xBF{}").value(), "{}");
}

TEST(RpcMessages, wrong_arguments_name_the_position) {
    EXPECT_NE(fault_of(R"({"a": 1,})").find("line 1, column 9"), std::string::npos) << fault_of(R"({"a": 1,})");
    EXPECT_NE(fault_of("{\n  \"ü\": x}").find("line 2, column 8"), std::string::npos) << fault_of("{\n  \"ü\": x}");
    EXPECT_NE(fault_of("").find("line 1, column 1"), std::string::npos) << fault_of("");
    EXPECT_NE(fault_of("{").find("line 1, column 2"), std::string::npos) << fault_of("{");
    EXPECT_NE(fault_of("{} {}").find("line 1, column 4"), std::string::npos) << fault_of("{} {}");
    EXPECT_NE(fault_of("{\"a\": 1e999}").find("not JSON"), std::string::npos) << fault_of("{\"a\": 1e999}");
}

TEST(RpcMessages, arguments_that_are_json_but_no_object_say_what_stands_where) {
    EXPECT_NE(fault_of(" \n [1]").find("line 2, column 2 stands an array"), std::string::npos) << fault_of(" \n [1]");
    EXPECT_NE(fault_of("\"x\"").find("column 1 stands a string"), std::string::npos) << fault_of("\"x\"");
    EXPECT_NE(fault_of("null").find("stands a null"), std::string::npos) << fault_of("null");
}

TEST(RpcMessages, tells_the_answer_from_everything_else) {
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":2,"result":{}})"), MessageKind::answer);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":2,"error":{}})"), MessageKind::failure);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":null,"error":{}})"), MessageKind::failure);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","error":{}})"), MessageKind::failure);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":2,"method":"ping"})"), MessageKind::request);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","method":"notifications/progress"})"), MessageKind::notification);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":3,"result":{}})"), MessageKind::other) << "somebody else's";
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":3,"error":{}})"), MessageKind::other);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":"2","result":{}})"), MessageKind::other) << "ids keep their type";
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","id":2.0,"result":{}})"), MessageKind::other);
    EXPECT_EQ(kind(R"({"jsonrpc":"2.0","result":{}})"), MessageKind::other);
    EXPECT_EQ(kind("[1]"), MessageKind::other);
}

TEST(RpcMessages, pings_are_answered_and_anything_else_is_refused) {
    const json pong = json::parse(answer_to_server(json::parse(R"({"jsonrpc":"2.0","id":"p","method":"ping"})")));
    EXPECT_EQ(pong, json::parse(R"({"jsonrpc":"2.0","id":"p","result":{}})"));
    const json refusal =
        json::parse(answer_to_server(json::parse(R"({"jsonrpc":"2.0","id":5,"method":"roots/list"})")));
    EXPECT_EQ(refusal["id"], 5);
    EXPECT_EQ(refusal["error"]["code"], -32601);
}

TEST(RpcMessages, progress_and_log_messages_become_lines) {
    EXPECT_EQ(
        line_of(R"({"method":"notifications/progress","params":{"progress":3,"total":10,"message":"half\nway"}})"),
        "progress 3/10: half way");
    EXPECT_EQ(line_of(R"({"method":"notifications/progress","params":{"progress":0.5}})"), "progress 0.5");
    EXPECT_EQ(line_of(R"({"method":"notifications/message","params":{"level":"info","logger":"db","data":"ready"}})"),
              "info [db]: ready");
    EXPECT_EQ(line_of(R"({"method":"notifications/message","params":{"level":"error","data":{"a":1}}})"),
              "error: {\"a\":1}");
}

TEST(RpcMessages, other_notifications_and_malformed_ones_become_nothing) {
    EXPECT_EQ(line_of(R"({"method":"notifications/tools/list_changed"})"), "nothing");
    EXPECT_EQ(line_of(R"({"method":"notifications/progress","params":[1]})"), "nothing");
    EXPECT_EQ(line_of(R"({"method":7,"params":{}})"), "nothing");
}

}  // namespace
}  // namespace agenthub

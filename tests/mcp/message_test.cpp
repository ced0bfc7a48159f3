#include "mcp/message.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "mcp/json_cursor.hpp"

namespace agenthub::mcp {
namespace {

Message parsed(std::string text) {
    auto message = Message::parse(std::move(text));
    EXPECT_TRUE(message.has_value()) << message.error().message;
    return std::move(message).value();
}

errc refused(std::string text) {
    const auto message = Message::parse(text);
    EXPECT_TRUE(message.has_error()) << text;
    return message ? errc::internal : message.error().code;
}

TEST(Message, request_shows_what_a_gateway_needs) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"tools/call",)"
                          R"("params":{"name":"echo","arguments":{"a":[1,2]},"_meta":{"x":1,"progressToken":"t"}}})");
    EXPECT_EQ(m.kind(), Kind::request);
    EXPECT_EQ(m.id(), "7");
    EXPECT_EQ(m.method(), "tools/call");
    EXPECT_EQ(m.name(), R"("echo")");
    EXPECT_EQ(m.progress_token(), R"("t")");
    EXPECT_EQ(m.params(), R"({"name":"echo","arguments":{"a":[1,2]},"_meta":{"x":1,"progressToken":"t"}})");
}

TEST(Message, string_id_keeps_its_quotes) {
    EXPECT_EQ(parsed(R"({"jsonrpc":"2.0","id":"7","method":"ping"})").id(), R"("7")");
}

TEST(Message, kinds_are_told_apart) {
    EXPECT_EQ(parsed(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").kind(), Kind::notification);
    EXPECT_EQ(parsed(R"({"jsonrpc":"2.0","id":1,"result":{}})").kind(), Kind::response);
    const auto error = parsed(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})");
    EXPECT_EQ(error.kind(), Kind::error);
    EXPECT_EQ(error.error_code(), -32601);
    const auto unread = parsed(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}})");
    EXPECT_EQ(unread.kind(), Kind::error);
    EXPECT_EQ(unread.id(), "");
}

TEST(Message, notifications_show_their_own_fields) {
    const auto progress =
        parsed(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3,"progress":0.5}})");
    EXPECT_EQ(progress.progress_token(), "3");
    EXPECT_EQ(progress.progress(), "0.5");
    const auto cancelled = parsed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}})");
    EXPECT_EQ(cancelled.request_id(), R"("a")");
    const auto updated =
        parsed(R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"x://y"}})");
    EXPECT_EQ(updated.uri(), R"("x://y")");
}

TEST(Message, a_progress_token_argument_is_not_the_requests_token) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"progressToken":1}})");
    EXPECT_EQ(m.progress_token(), "");
}

TEST(Message, a_progress_token_is_a_string_or_a_number_or_absent) {
    const auto call = [](const std::string& token) {
        return R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":)" + token + "}}}";
    };
    EXPECT_EQ(parsed(call("1.5")).progress_token(), "1.5");
    EXPECT_EQ(parsed(call(R"("")")).progress_token(), R"("")");
    EXPECT_EQ(parsed(call("null")).progress_token(), "") << "written by libraries that mean none";
    for (const char* token : {"true", "false", "[]", "{}"})
        EXPECT_EQ(refused(call(token)), errc::invalid_request) << token;
}

TEST(Message, only_progress_notifications_have_a_progress_token_parameter) {
    const auto other = parsed(R"({"jsonrpc":"2.0","method":"notifications/x","params":{"progressToken":{"a":1}}})");
    EXPECT_EQ(other.progress_token(), "");
    EXPECT_EQ(
        refused(
            R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{"a":1},"progress":1}})"),
        errc::invalid_request);
    const auto escaped =
        parsed(R"({"jsonrpc":"2.0","method":"notifications\/progress","params":{"progressToken":3,"progress":0.5}})");
    EXPECT_EQ(escaped.progress_token(), "3");
}

TEST(Message, depth_is_counted_from_the_outermost_brace) {
    // The message, its params and their member "_meta" are three levels.
    const auto deep = [](std::size_t levels) {
        return R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"x":)" + std::string(levels - 3, '[') +
               std::string(levels - 3, ']') + "}}}";
    };
    EXPECT_EQ(parsed(deep(kMaxDepth)).id(), "1");
    EXPECT_EQ(refused(deep(kMaxDepth + 1)), errc::parse_error);
}

TEST(Message, tool_error_is_seen) {
    EXPECT_TRUE(parsed(R"({"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}})").tool_error());
    EXPECT_FALSE(parsed(R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"isError":true}]}})").tool_error());
}

TEST(Message, escaped_method_and_keys_are_understood) {
    const auto m = parsed(R"({"jsonrpc":"2.0","i\u0064":1,"method":"tools\/list"})");
    EXPECT_EQ(m.method(), "tools/list");
    EXPECT_EQ(m.id(), "1");
}

TEST(Message, line_breaks_between_tokens_become_spaces_and_nothing_else_changes) {
    const auto m = parsed("{\r\n \"jsonrpc\":\"2.0\",\n\"id\":1,\n\"method\":\"m\",\"params\":{\"a\":\"x\\ny\"}}");
    EXPECT_EQ(m.text(), "{   \"jsonrpc\":\"2.0\", \"id\":1, \"method\":\"m\",\"params\":{\"a\":\"x\\ny\"}}");
    EXPECT_EQ(m.id(), "1");
}

TEST(Message, new_id_changes_only_the_id) {
    const std::string rest = R"(, "method":"m","params":{"n":9007199254740993,"f":1.0,"z":-0,"a":1,"a":2,"s":"é"}})";
    const auto m = parsed(R"({"jsonrpc":"2.0","id": "client" )" + rest);
    std::string out = "kept";
    m.append_with_id(out, "42");
    EXPECT_EQ(out, R"(kept{"jsonrpc":"2.0","id": 42 )" + rest);
}

TEST(Message, patches_apply_in_the_order_of_the_text) {
    const auto m = parsed(R"({"params":{"_meta":{"progressToken":"t"}},"method":"m","id":1,"jsonrpc":"2.0"})");
    std::string out;
    m.append_patched(out, {{m.id_span(), "99"}, {m.progress_token_span(), "99"}});
    EXPECT_EQ(out, R"({"params":{"_meta":{"progressToken":99}},"method":"m","id":99,"jsonrpc":"2.0"})");
}

TEST(Message, what_was_read_of_it_stays_when_it_is_moved) {
    auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"ping"})");
    const auto id = m.id();
    const auto method = m.method();
    const Message moved = std::move(m);
    EXPECT_EQ(id.data(), moved.id().data());
    EXPECT_EQ(id, "7");
    EXPECT_EQ(method, "ping");
}

TEST(Message, a_copy_has_the_same_parts_and_outlives_the_original) {
    std::optional<Message> m = parsed(R"({"jsonrpc":"2.0","id":"a","method":"to\u006fls/list","params":{"name":"n"}})");
    const Message copy = m->copy();
    const std::string text = m->text();
    m.reset();
    EXPECT_EQ(copy.text(), text);
    EXPECT_EQ(copy.kind(), Kind::request);
    EXPECT_EQ(copy.id(), R"("a")");
    EXPECT_EQ(copy.method(), "tools/list");
    EXPECT_EQ(copy.name(), R"("n")");
    EXPECT_EQ(copy.span_of(copy.name()).of(copy.text()), R"("n")");
}

TEST(Message, refuses_what_is_not_json) {
    for (const char* text : {"", "{", R"({"jsonrpc":"2.0","id":1,"method":"m")", "nope", "{\"a\":\"\xFF\"}",
                             R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"x":tru}})"})
        EXPECT_EQ(refused(text), errc::parse_error) << text;
    EXPECT_EQ(refused(std::string(1'000'000, '[')), errc::parse_error);
}

TEST(Message, refuses_what_is_not_json_rpc) {
    for (const char* text :
         {"[]", "1", "\"x\"", "{}", R"({"id":1,"method":"m"})", R"({"jsonrpc":"1.0","id":1,"method":"m"})",
          R"({"jsonrpc":2.0,"id":1,"method":"m"})", R"({"jsonrpc":"2.0","id":null,"method":"m"})",
          R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", R"({"jsonrpc":"2.0","id":true,"method":"m"})",
          R"({"jsonrpc":"2.0","id":{},"method":"m"})", R"({"jsonrpc":"2.0","id":1,"method":3})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":3})", R"({"jsonrpc":"2.0","id":1})",
          R"({"jsonrpc":"2.0","result":{}})", R"({"jsonrpc":"2.0","id":1,"method":"m","result":{}})",
          R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":{}}}})"})
        EXPECT_EQ(refused(text), errc::invalid_request) << text;
}

TEST(Message, refuses_repeated_members_that_decide_about_routing) {
    for (const char* text :
         {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})", R"({"jsonrpc":"2.0","id":1,"method":"m","method":"n"})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"a","name":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{},"params":{"name":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{},"_meta":{}}})"})
        EXPECT_EQ(refused(text), errc::invalid_request) << text;
}

TEST(Message, empty_and_odd_params_are_fine) {
    EXPECT_EQ(parsed(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{ }})").params(), "{ }");
    EXPECT_EQ(parsed(R"({"jsonrpc":"2.0","id":1,"result":null})").result_member(), "null");
}

TEST(Batch, elements_keep_their_order_and_failures_their_place) {
    const auto batch = parse_batch(R"( [ {"jsonrpc":"2.0","id":1,"method":"a"}, 5, {"jsonrpc":"2.0","method":"b"} ] )");
    ASSERT_TRUE(batch.has_value());
    ASSERT_EQ(batch->size(), 3U);
    EXPECT_EQ((*batch)[0]->method(), "a");
    EXPECT_EQ((*batch)[1].error().code, errc::invalid_request);
    EXPECT_EQ((*batch)[2]->kind(), Kind::notification);
}

TEST(Batch, has_a_limit) {
    const auto of = [](std::size_t n) {
        std::string text = "[";
        for (std::size_t i = 0; i < n; ++i)
            text += (i == 0 ? "" : ",") + std::string(R"({"jsonrpc":"2.0","method":"b"})");
        return text + "]";
    };
    EXPECT_TRUE(parse_batch(of(kMaxBatch)).has_value());
    EXPECT_EQ(parse_batch(of(kMaxBatch + 1)).error().code, errc::invalid_request);
    EXPECT_EQ(parse_batch("[]").error().code, errc::invalid_request);
    EXPECT_EQ(parse_batch("[1,").error().code, errc::parse_error);
}

TEST(Batch, is_recognised_by_its_first_character) {
    EXPECT_TRUE(looks_like_batch(" \r\n\t["));
    EXPECT_FALSE(looks_like_batch("{"));
    EXPECT_FALSE(looks_like_batch(""));
}

TEST(Message, of_a_request_no_key_may_look_like_one_that_decides_about_routing) {
    for (const char* text :
         {R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Argument\u017f":{}}})",
          R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a","Uri":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"})",
          R"({"jsonrpc":"2.0","id":1,"method":"ping","param\u017F":{}})"}) {
        const auto message = Message::parse(text);
        ASSERT_TRUE(message.has_error()) << text;
        EXPECT_EQ(message.error().code, errc::invalid_request) << text;
    }
    for (const char* text : {R"({"jsonrpc":"2.0","method":"notifications/x","params":{"Name":"b"}})",
                             R"({"jsonrpc":"2.0","id":1,"result":{"Name":"b"}})",
                             R"({"jsonrpc":"2.0","id":1,"method":"x","params":{"arguments":{"Name":1},"names":2}})"})
        EXPECT_TRUE(Message::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace agenthub::mcp

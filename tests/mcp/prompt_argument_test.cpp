#include "mcp/prompt_argument.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

Message call(std::string_view arguments, std::string_view method = "tools/call") {
    return Message::parse(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) +
                          R"(","params":{"name":"ask","arguments":)" + std::string(arguments) + "}}")
        .value();
}

// "name=value", value as it is written.
std::string found(const Message& request) {
    const PromptArgument argument = prompt_argument(request);
    if (argument.name.empty())
        return "none";
    return std::string(argument.name) + "=" + std::string(argument.at.of(request.text()));
}

TEST(PromptArgument, of_several_names_the_first_of_the_list_counts_wherever_it_stands) {
    EXPECT_EQ(found(call(R"({"query":"q","text":"t","message":"m","input":"i","prompt":"p"})")), R"(prompt="p")");
    EXPECT_EQ(found(call(R"({"query":"q","text":"t","message":"m","input":"i"})")), R"(input="i")");
    EXPECT_EQ(found(call(R"({"query":"q","text":"t","message":"m"})")), R"(message="m")");
    EXPECT_EQ(found(call(R"({"query":"q","text":"t"})")), R"(text="t")");
    EXPECT_EQ(found(call(R"({"a":{"prompt":"deep"},"query":"q"})")), R"(query="q")");
    EXPECT_EQ(found(call(R"({"Prompt":"p","prompts":"q"})")), "none");
}

TEST(PromptArgument, only_a_string_with_something_in_it_is_one) {
    EXPECT_EQ(found(call(R"({"prompt":7,"text":"t"})")), R"(text="t")");
    EXPECT_EQ(found(call(R"({"prompt":"","text":"t"})")), R"(text="t")");
    EXPECT_EQ(found(call(R"({"prompt":["x"],"input":null})")), "none");
    EXPECT_EQ(found(call("[]")), "none");
    EXPECT_EQ(found(call("{}")), "none");
}

TEST(PromptArgument, escapes_and_blanks_are_considered) {
    EXPECT_EQ(found(call(R"({ "\u0070rompt" : "a\"b" })")), R"(prompt="a\"b")");
}

TEST(PromptArgument, of_an_argument_that_stands_twice_the_last_counts) {
    EXPECT_EQ(found(call(R"({"prompt":"a","prompt":"b"})")), R"(prompt="b")");
}

TEST(PromptArgument, other_requests_have_none) {
    EXPECT_EQ(found(call(R"({"prompt":"p"})", "prompts/get")), R"(prompt="p")");
    EXPECT_EQ(found(call(R"({"prompt":"p"})", "completion/complete")), "none");
    EXPECT_EQ(found(Message::parse(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})").value()), "none");
    EXPECT_EQ(
        found(
            Message::parse(R"({"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"prompt":"p"}}})").value()),
        "none");
}

std::string noted(std::string_view result) {
    const auto reply = Message::parse(R"({"jsonrpc":"2.0","id":7,"result":)" + std::string(result) + "}").value();
    PatchList patches;
    std::string scratch;
    put_result_meta(reply, "agenthub/enhanced", R"({"a":1})", patches, scratch);
    std::string out;
    reply.append_patched(out, patches);
    EXPECT_TRUE(Message::parse(out).has_value()) << out;
    const std::string_view head = R"({"jsonrpc":"2.0","id":7,"result":)";
    return out.substr(head.size(), out.size() - head.size() - 1);
}

TEST(ResultMeta, the_note_stands_in_front_of_what_is_there) {
    EXPECT_EQ(noted(R"({"content":[]})"), R"({"_meta":{"agenthub/enhanced":{"a":1}},"content":[]})");
    EXPECT_EQ(noted(R"({"x":1.0,"_meta":{"y":2}})"), R"({"x":1.0,"_meta":{"agenthub/enhanced":{"a":1},"y":2}})");
    EXPECT_EQ(noted(R"({"_meta":{ }})"), R"({"_meta":{"agenthub/enhanced":{"a":1} }})");
    EXPECT_EQ(noted("{}"), R"({"_meta":{"agenthub/enhanced":{"a":1}}})");
}

TEST(ResultMeta, what_cannot_carry_it_stays_as_it_is) {
    for (const char* result : {"[]", "7", R"("x")", R"({"_meta":7})", R"({"_meta":null,"x":1})"})
        EXPECT_EQ(noted(result), result);
}

}  // namespace
}  // namespace agenthub::mcp

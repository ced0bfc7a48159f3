#include "gateway/body_fault.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace agenthub {
namespace {

// The one fault of a body that must have a text "prompt" and may have a truth "flag".
Document fault_of(std::string_view body) {
    BodyReader reader(body);
    reader.text("prompt", true);
    reader.truth("flag");
    EXPECT_FALSE(reader.ok()) << body;
    const HttpReply reply = reader.refusal();
    EXPECT_EQ(reply.status, 422U);
    const auto document = Document::parse(reply.body);
    EXPECT_EQ(document.size(), 1U);
    EXPECT_EQ(document["detail"].size(), 1U) << reply.body;
    return document["detail"][0];
}

TEST(BodyReader, reads_what_it_is_asked_for_and_ignores_the_rest) {
    BodyReader reader(R"({"prompt":"a\u00fc","flag":true,"other":[1]})");
    EXPECT_EQ(reader.text("prompt", true), "a\u00fc");
    EXPECT_EQ(reader.truth("flag"), true);
    EXPECT_EQ(reader.text("absent", false), std::nullopt);
    EXPECT_EQ(reader.truth("absent"), std::nullopt);
    EXPECT_TRUE(reader.ok());
}

TEST(BodyReader, null_counts_as_absent_where_nothing_is_required) {
    BodyReader reader(R"({"prompt":null,"flag":null})");
    EXPECT_EQ(reader.text("prompt", false), std::nullopt);
    EXPECT_EQ(reader.truth("flag"), std::nullopt);
    EXPECT_TRUE(reader.ok());
}

TEST(BodyReader, takes_what_the_prototype_took_for_true_and_false) {
    for (const char* yes : {"true", "1", R"("true")", R"("TRUE")", R"("yes")", R"("on")", R"("1")", R"("t")", R"("y")"})
        EXPECT_EQ(BodyReader(R"({"flag":)" + std::string(yes) + "}").truth("flag"), true) << yes;
    for (const char* no : {"false", "0", R"("false")", R"("no")", R"("Off")", R"("0")", R"("f")", R"("n")"})
        EXPECT_EQ(BodyReader(R"({"flag":)" + std::string(no) + "}").truth("flag"), false) << no;
}

TEST(BodyReader, a_member_that_is_missing_is_named) {
    const auto fault = fault_of(R"({"other":1})");
    EXPECT_EQ(fault["type"], "missing");
    EXPECT_EQ(fault["loc"], Document::parse(R"(["body","prompt"])"));
    EXPECT_EQ(fault["msg"], "Field required");
    EXPECT_EQ(fault["input"], Document::parse(R"({"other":1})"));
}

TEST(BodyReader, a_member_of_another_type_is_named_and_shown) {
    for (const char* value : {"7", "null", "[]", "{}", "true"}) {
        const auto fault = fault_of(R"({"prompt":)" + std::string(value) + "}");
        EXPECT_EQ(fault["type"], "string_type");
        EXPECT_EQ(fault["loc"], Document::parse(R"(["body","prompt"])"));
        EXPECT_EQ(fault["msg"], "Input should be a valid string");
        EXPECT_EQ(fault["input"], Document::parse(value));
    }
    EXPECT_EQ(fault_of(R"({"prompt":"p","flag":"maybe"})")["type"], "bool_parsing");
    EXPECT_EQ(fault_of(R"({"prompt":"p","flag":2})")["type"], "bool_parsing");
    EXPECT_EQ(fault_of(R"({"prompt":"p","flag":[]})")["type"], "bool_type");
}

TEST(BodyReader, every_fault_is_told) {
    BodyReader reader(R"({"flag":"maybe"})");
    reader.text("prompt", true);
    reader.truth("flag");
    EXPECT_EQ(Document::parse(reader.refusal().body)["detail"].size(), 2U);
}

TEST(BodyReader, no_body_and_no_object_are_faults_of_the_body) {
    EXPECT_EQ(fault_of("")["type"], "missing");
    EXPECT_EQ(fault_of("")["loc"], Document::parse(R"(["body"])"));
    for (const char* body : {"[]", "7", "null", R"("prompt")"}) {
        EXPECT_EQ(fault_of(body)["type"], "model_attributes_type");
        EXPECT_EQ(fault_of(body)["input"], Document::parse(body));
    }
}

TEST(BodyReader, what_is_not_json_is_told_with_its_place) {
    const auto fault = fault_of(R"({"prompt":"p",})");
    EXPECT_EQ(fault["type"], "json_invalid");
    EXPECT_EQ(fault["loc"], Document::parse(R"(["body",14])"));
    EXPECT_EQ(fault["input"], Document::object());
    EXPECT_EQ(fault_of("\xff")["type"], "json_invalid");
    EXPECT_EQ(fault_of(" ")["type"], "json_invalid");
}

// A tree of any depth would be copied and written by functions that call themselves.
TEST(BodyReader, a_body_that_is_nested_too_deep_is_refused) {
    constexpr std::size_t kDeep = 1'000'000;
    EXPECT_EQ(fault_of(std::string(kDeep, '[') + std::string(kDeep, ']'))["type"], "json_invalid");
}

TEST(BodyReader, of_a_long_value_only_the_beginning_is_sent_back) {
    const std::string fits(BodyReader::kMaxInput - 2, 'x');  // and its quotes
    const std::string short_body = R"({"flag":")" + fits + R"("})";
    BodyReader at_the_limit(short_body);
    at_the_limit.truth("flag");
    EXPECT_EQ(Document::parse(at_the_limit.refusal().body)["detail"][0]["input"], fits);
    const std::string long_body = R"({"flag":"x)" + fits + R"("})";
    BodyReader beyond(long_body);
    beyond.truth("flag");
    const auto shown = Document::parse(beyond.refusal().body)["detail"][0]["input"].get<std::string>();
    EXPECT_TRUE(shown.ends_with("…")) << shown;
    EXPECT_LE(shown.size(), BodyReader::kMaxInput + 3);
}

// They are JSON, and no tree can hold them.
TEST(BodyReader, a_lone_surrogate_and_a_number_beyond_all_bounds_are_read_and_shown) {
    BodyReader cut(R"({"prompt":"half an emoji \ud83d","size":1e999})");
    EXPECT_EQ(cut.text("prompt", true), "half an emoji \ufffd");
    EXPECT_TRUE(cut.ok());
    EXPECT_EQ(fault_of(R"({"prompt":1e999})")["input"], "1e999");
    EXPECT_EQ(fault_of(R"({"prompt":["\ud800"]})")["input"], R"(["\ud800"])");
    EXPECT_EQ(fault_of(R"({"prompt":"p","flag":"\ud800"})")["input"], "\ufffd");
    EXPECT_EQ(fault_of(R"({"other":1e999})")["input"], R"({"other":1e999})");
    EXPECT_EQ(fault_of("1e999")["input"], "1e999");
}

TEST(BodyReader, blanks_around_the_body_and_its_values_mean_nothing) {
    BodyReader reader(" \r\n\t{ \"prompt\" : \"p\" , \"flag\" : true } \n");
    EXPECT_EQ(reader.text("prompt", true), "p");
    EXPECT_EQ(reader.truth("flag"), true);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(fault_of(" 7 ")["input"], 7);
}

// A tree of it would be put together in quadratic time, and keep every client waiting for minutes.
TEST(BodyReader, very_many_members_cost_no_more_than_their_bytes) {
    std::string body = "{";
    for (int i = 0; i < 1'000'000; ++i)
        body += "\"" + std::to_string(i) + "\":0,";
    body += R"("prompt":"p"})";
    const auto began = std::chrono::steady_clock::now();
    BodyReader reader(body);
    EXPECT_EQ(reader.text("prompt", true), "p");
    EXPECT_EQ(reader.truth("flag"), std::nullopt);
    EXPECT_EQ(reader.text("absent", true), std::nullopt);
    EXPECT_LE(reader.refusal().body.size(), 4 * BodyReader::kMaxInput);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST(QueryFault, names_each_parameter_that_is_no_integer) {
    HttpRequest request;
    request.query = "limit=many&offset=1.5&days=7&big=2147483648&other=x";
    const auto refusal = refuse_query(request, {"limit", "offset", "days", "big", "absent"});
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 422U);
    const auto detail = Document::parse(refusal->body)["detail"];
    ASSERT_EQ(detail.size(), 3U);
    EXPECT_EQ(detail[0]["loc"], Document::parse(R"(["query","limit"])"));
    EXPECT_EQ(detail[0]["type"], "int_parsing");
    EXPECT_EQ(detail[0]["input"], "many");
    EXPECT_EQ(detail[2]["loc"][1], "big");
    request.query = "limit=2147483647&offset=-1";
    EXPECT_FALSE(refuse_query(request, {"limit", "offset"}).has_value());
}

}  // namespace
}  // namespace agenthub

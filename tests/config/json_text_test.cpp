#include "config/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

std::string fault_of(std::string_view text) {
    Findings findings;
    const auto tree = parse_json_text(text, findings);
    EXPECT_FALSE(tree.has_value()) << text;
    return findings.faults.size() == 1 ? findings.faults.front().text() : "not one fault";
}

std::string tree_of(std::string_view text) {
    Findings findings;
    const auto tree = parse_json_text(text, findings);
    EXPECT_TRUE(findings.faults.empty() && findings.warnings.empty()) << text;
    return tree ? tree->dump() : "refused";
}

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonText, nothing_but_space_and_comments_is_an_empty_object) {
    for (const char* text :
         {"", " \n\t\r\n", "// only this", "/* and \n this */ // and that\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF \n"})
        EXPECT_EQ(tree_of(text), "{}") << text;
}

TEST(JsonText, comments_and_byte_order_mark_are_accepted) {
    EXPECT_EQ(tree_of("\xEF\xBB\xBF{ // a\n \"k\" /* b */ : [1, /* \n */ 2.5, true, null, -3]}\n// end"),
              R"({"k":[1,2.5,true,null,-3]})");
}

TEST(JsonText, members_keep_the_order_of_the_file) {
    EXPECT_EQ(tree_of(R"({"z":1,"a":{"y":2,"b":3},"m":[{"q":1,"c":2}]})"),
              R"({"z":1,"a":{"y":2,"b":3},"m":[{"q":1,"c":2}]})");
}

TEST(JsonText, errors_have_line_column_and_what_was_expected) {
    EXPECT_EQ(
        fault_of("{\n  \"a\" 1\n}"),
        "line 2, column 7: syntax error while parsing object separator - unexpected number literal; expected ':'");
    EXPECT_EQ(fault_of("{\"a\": }"),
              "line 1, column 7: syntax error while parsing value - unexpected '}'; expected '[', '{', or a literal");
    EXPECT_EQ(fault_of("{\"a\": tru}"),
              "line 1, column 10: syntax error while parsing value - invalid literal; expected an object, a list, a "
              "string in double quotes, a number, true, false or null");
    EXPECT_EQ(
        fault_of("{"),
        "line 1, column 1: syntax error while parsing object key - unexpected end of input; expected string literal");
    EXPECT_EQ(fault_of("{} {}"),
              "line 1, column 4: syntax error while parsing value - unexpected '{'; expected end of input");
    EXPECT_EQ(fault_of("{\"n\": 1e999}"), "line 1, column 11: number overflow");
}

TEST(JsonText, columns_count_characters_not_bytes) {
    EXPECT_EQ(fault_of("\n{\"ü🙂\" 1}").substr(0, 16), "line 2, column 7");
}

TEST(JsonText, the_commonest_slips_get_a_hint) {
    EXPECT_EQ(fault_of("{\"a\": 1,\n}"),
              "line 2, column 1: syntax error while parsing object key - unexpected '}'; expected string literal "
              "(remove the comma before it)");
    EXPECT_NE(fault_of("[1, 2 , ]").find("(remove the comma before it)"), std::string::npos);
    EXPECT_EQ(fault_of("{\"a\": 1\n \"b\": 2}"),
              "line 2, column 4: syntax error while parsing object - unexpected string literal; expected '}' (is a "
              "comma missing before it?)");
    EXPECT_EQ(fault_of("}").find("comma"), std::string::npos);
}

TEST(JsonText, errors_never_quote_the_file) {
    for (const char* text : {"{\"TOKEN\": \"hunter2", "{\"TOKEN\": hunter2}", "{\"T\": \"hunter2\x01\"}",
                             "{\"T\": \"hunter2\" \"hunter2\"}", "{\"T\": \"hunter2\\q\"}", "{\"T\": \"hunter2\xFF\"}"})
        EXPECT_EQ(fault_of(text).find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(fault_of("{\"T\": 27182818e9999}").find("27182818"), std::string::npos);
}

TEST(JsonText, an_open_comment_is_an_error) {
    EXPECT_NE(fault_of("/* never closed").find("missing closing '*/'"), std::string::npos);
}

TEST(JsonText, a_zero_byte_is_an_error_wherever_it_stands) {
    EXPECT_EQ(fault_of(std::string_view("\0{}", 3)), "line 1, column 1: a zero byte; save the file as UTF-8 text");
    EXPECT_EQ(fault_of(std::string_view("{}\n \0", 5)), "line 2, column 2: a zero byte; save the file as UTF-8 text");
}

TEST(JsonText, duplicate_keys_are_told_with_their_path_and_the_last_counts) {
    Findings findings;
    const auto tree = parse_json_text(R"({"a": [0, {"k": 1, "x": {}, "k": 2}], "b": 1, "a b": 1, "a b": 2})", findings);
    ASSERT_TRUE(tree.has_value());
    EXPECT_EQ(tree->dump(), R"({"a":[0,{"k":2,"x":{}}],"b":1,"a b":2})");
    EXPECT_EQ(texts_of(findings.warnings),
              (std::vector<std::string>{"a[1].k: this key stands here more than once; the last value counts",
                                        "[\"a b\"]: this key stands here more than once; the last value counts"}));
}

TEST(JsonText, the_same_key_in_two_objects_is_no_duplicate) {
    EXPECT_EQ(tree_of(R"([{"k":1},{"k":1,"o":{"k":1}}])"), R"([{"k":1},{"k":1,"o":{"k":1}}])");
}

TEST(JsonText, nesting_at_the_limit_and_one_over) {
    EXPECT_EQ(tree_of(nested(kMaxConfigDepth)), nested(kMaxConfigDepth));
    const std::string fault = fault_of(nested(kMaxConfigDepth + 1));
    EXPECT_NE(fault.find("[0][0]"), std::string::npos) << fault;
    EXPECT_NE(fault.find("nested too deeply; allowed: 64 levels"), std::string::npos) << fault;
    EXPECT_NE(fault_of(std::string(1000000, '[')).find("nested too deeply"), std::string::npos);
}

}  // namespace
}  // namespace agenthub

#include "mcp/param_headers.hpp"

#include <gtest/gtest.h>

#include "mcp/json_cursor.hpp"
#include "mcp/names.hpp"
#include "tests/mcp/fixed_headers.hpp"

namespace agenthub::mcp {
namespace {

// The schema of one property "p".
std::string property(std::string_view schema) {
    return R"({"type":"object","properties":{"p":)" + std::string(schema) + "}}";
}

std::string fault_of(std::string_view schema) {
    const auto read = param_headers_of(schema);
    return read.fault ? read.fault->message : "";
}

const ParamHeaders kRegion = param_headers_of(property(R"({"type":"string","x-mcp-header":"Region"})"));
const ParamHeaders kCount = param_headers_of(property(R"({"type":"integer","x-mcp-header":"Count"})"));
const ParamHeaders kFlag = param_headers_of(property(R"({"type":"boolean","x-mcp-header":"Flag"})"));

int code_for(const ParamHeaders& annotated, std::string_view arguments, const FixedHeaders& headers) {
    const auto fault = check_param_headers(annotated, arguments, headers);
    if (fault) {
        EXPECT_EQ(fault->http_status, 400U);
        EXPECT_FALSE(fault->message.empty());
    }
    return fault ? fault->code : 0;
}

TEST(ParamHeaders, are_found_at_any_depth_of_properties) {
    const auto read = param_headers_of(
        R"({"properties":{"a":{"x-mcp-header":"Region","type":"string"},"b":{"type":"object","properties":)"
        R"({"c\u0031":{"type":"integer","x-mcp-header":"Count"},"d":{"type":"boolean","x\u002dmcp-header":"D"}}}}})");
    ASSERT_FALSE(read.fault) << read.fault->message;
    ASSERT_EQ(read.headers.size(), 3U);
    EXPECT_EQ(read.headers[0].field, "Mcp-Param-Region");
    EXPECT_EQ(read.headers[0].path, std::vector<std::string>{"a"});
    EXPECT_EQ(read.headers[0].type, ParamType::string);
    EXPECT_EQ(read.headers[1].path, (std::vector<std::string>{"b", "c1"}));
    EXPECT_EQ(read.headers[1].type, ParamType::integer);
    EXPECT_EQ(read.headers[2].field, "Mcp-Param-D");
    EXPECT_EQ(read.headers[2].type, ParamType::boolean);
}

TEST(ParamHeaders, of_a_schema_without_annotations_are_none) {
    for (const char* schema : {"{}", "true", "", R"({"properties":{"x":{"type":"string"}}})"}) {
        const auto read = param_headers_of(schema);
        EXPECT_TRUE(read.headers.empty()) << schema;
        EXPECT_FALSE(read.fault) << schema;
    }
}

TEST(ParamHeaders, a_property_or_data_of_that_name_is_no_annotation) {
    for (const char* schema :
         {R"({"properties":{"x-mcp-header":{"type":"string"}}})", R"({"default":{"x-mcp-header":"A"}})",
          R"({"properties":{"p":{"enum":[{"x-mcp-header":"A"}],"const":{"x-mcp-header":1}}}})",
          R"({"$defs":{"x-mcp-header":{"type":"string"}}})"}) {
        EXPECT_TRUE(param_headers_of(schema).headers.empty()) << schema;
        EXPECT_EQ(fault_of(schema), "") << schema;
    }
}

TEST(ParamHeaders, must_name_a_header) {
    for (const char* name : {R"("")", R"("a b")", R"("a:b")", R"("é")", "5", "null", R"(["A"])", R"("a\n")"})
        EXPECT_NE(fault_of(property(R"({"type":"string","x-mcp-header":)" + std::string(name) + "}")), "") << name;
    EXPECT_EQ(fault_of(property(R"({"type":"string","x-mcp-header":"!#$%&'*+-.^_`|~09azAZ"})")), "");
}

TEST(ParamHeaders, must_stand_on_a_plain_value) {
    for (const char* type : {R"("object")", R"("array")", R"("null")", R"(["string","null"])", "5", R"("text")"})
        EXPECT_NE(fault_of(property(R"({"x-mcp-header":"A","type":)" + std::string(type) + "}")), "") << type;
    EXPECT_NE(fault_of(property(R"({"x-mcp-header":"A"})")), "");
}

TEST(ParamHeaders, on_a_number_are_a_fault_but_checked) {
    const auto read = param_headers_of(property(R"({"x-mcp-header":"A","type":"number"})"));
    ASSERT_TRUE(read.fault.has_value());
    EXPECT_EQ(read.headers.size(), 1U);
    EXPECT_EQ(code_for(read, R"({"p":1.5})", {{"Mcp-Param-A", "1.50"}}), 0);
    EXPECT_EQ(code_for(read, R"({"p":1.5})", {}), code::header_mismatch);
}

TEST(ParamHeaders, must_be_unique_whatever_the_case) {
    const std::string both = R"({"properties":{"a":{"type":"string","x-mcp-header":"Ab"},"b":{"type":"string",)"
                             R"("x-mcp-header":"aB"}}})";
    EXPECT_NE(fault_of(both), "");
    EXPECT_TRUE(param_headers_of(both).headers.empty());
}

TEST(ParamHeaders, must_be_reached_by_property_names_alone) {
    const std::string inner = R"({"type":"string","x-mcp-header":"A"})";
    EXPECT_NE(fault_of(inner), "") << "at the top";
    for (const char* keyword : {"items", "contains", "additionalProperties", "unevaluatedProperties",
                                "unevaluatedItems", "propertyNames", "not", "if", "then", "else"})
        EXPECT_NE(fault_of(property("{\"" + std::string(keyword) + "\":" + inner + "}")), "") << keyword;
    for (const char* keyword : {"oneOf", "anyOf", "allOf", "prefixItems"})
        EXPECT_NE(fault_of("{\"" + std::string(keyword) + "\":[true," + property(inner) + "]}"), "") << keyword;
    for (const char* keyword : {"$defs", "definitions", "patternProperties", "dependentSchemas"})
        EXPECT_NE(fault_of("{\"" + std::string(keyword) + "\":{\"n\":" + property(inner) + "}}"), "") << keyword;
}

TEST(ParamHeaders, of_broken_or_too_deep_json_are_a_fault) {
    EXPECT_NE(fault_of(R"({"x-mcp-header":)"), "");
    std::string deep = R"({"type":"string","x-mcp-header":"A"})";
    for (std::size_t i = 0; i < kMaxDepth; ++i)
        deep = R"({"not":)" + deep + "}";
    EXPECT_NE(fault_of(deep), "");
}

TEST(CheckParamHeaders, strings_must_be_the_same) {
    const std::string hello = R"({"p":"H\u0065llo"})";
    EXPECT_EQ(code_for(kRegion, hello, {{"mcp-param-region", " Hello "}}), 0);
    EXPECT_EQ(code_for(kRegion, hello, {{"Mcp-Param-Region", "=?base64?SGVsbG8=?="}}), 0);
    EXPECT_EQ(code_for(kRegion, R"({"p":"SGVsbG8="})", {{"Mcp-Param-Region", "SGVsbG8="}}), 0);
    EXPECT_EQ(code_for(kRegion, R"({"p":"=?base64?SGVsbG8="})", {{"Mcp-Param-Region", "=?base64?SGVsbG8="}}), 0);
    EXPECT_EQ(code_for(kRegion, R"({"p":"1.0"})", {{"Mcp-Param-Region", "1"}}), code::header_mismatch);
    for (const char* sent : {"hello", "", "=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "H\xC3\xA9"})
        EXPECT_EQ(code_for(kRegion, hello, {{"Mcp-Param-Region", sent}}), code::header_mismatch) << sent;
}

TEST(CheckParamHeaders, an_argument_and_its_header_come_together) {
    EXPECT_EQ(code_for(kRegion, R"({"p":"a"})", {}), code::header_mismatch);
    EXPECT_EQ(code_for(kRegion, R"({"p":""})", {}), code::header_mismatch);
    EXPECT_EQ(code_for(kRegion, R"({"p":""})", {{"Mcp-Param-Region", ""}}), 0);
    for (const char* arguments : {R"({"p":null})", "{}", "", "[]"}) {
        EXPECT_EQ(code_for(kRegion, arguments, {}), 0) << arguments;
        EXPECT_EQ(code_for(kRegion, arguments, {{"Mcp-Param-Region", "a"}}), code::header_mismatch) << arguments;
    }
}

TEST(CheckParamHeaders, integers_are_compared_as_numbers) {
    for (const char* sent : {"42", "42.0", "4.2e1"})
        EXPECT_EQ(code_for(kCount, R"({"p":42})", {{"Mcp-Param-Count", sent}}), 0) << sent;
    EXPECT_EQ(code_for(kCount, R"({"p":42.0})", {{"Mcp-Param-Count", "42"}}), 0);
    for (const char* sent : {"43", "0x2A", "42 ,", "", "forty-two", "+42", "042"})
        EXPECT_EQ(code_for(kCount, R"({"p":42})", {{"Mcp-Param-Count", sent}}), code::header_mismatch) << sent;
    EXPECT_EQ(code_for(kCount, R"({"p":9007199254740993})", {{"Mcp-Param-Count", "9007199254740992"}}),
              code::header_mismatch);
    EXPECT_EQ(code_for(kCount, R"({"p":9007199254740993})", {{"Mcp-Param-Count", "9007199254740993"}}), 0);
}

TEST(CheckParamHeaders, booleans_are_spelled_out) {
    EXPECT_EQ(code_for(kFlag, R"({"p":true})", {{"Mcp-Param-Flag", "true"}}), 0);
    EXPECT_EQ(code_for(kFlag, R"({"p":false})", {{"Mcp-Param-Flag", "false"}}), 0);
    for (const char* sent : {"True", "1", "false", ""})
        EXPECT_EQ(code_for(kFlag, R"({"p":true})", {{"Mcp-Param-Flag", sent}}), code::header_mismatch) << sent;
}

TEST(CheckParamHeaders, what_no_field_can_carry_needs_none) {
    for (const char* arguments : {R"({"p":{}})", R"({"p":[1]})", R"({"p":9007199254740992})", R"({"p":-1e300})"})
        EXPECT_EQ(code_for(kCount, arguments, {}), 0) << arguments;
    for (const char* arguments : {R"({"p":9007199254740991})", R"({"p":1.5})", R"({"p":"x"})", R"({"p":true})"})
        EXPECT_EQ(code_for(kCount, arguments, {}), code::header_mismatch) << arguments;
    EXPECT_EQ(code_for(kCount, R"({"p":{}})", {{"Mcp-Param-Count", "{}"}}), 0);
}

TEST(CheckParamHeaders, nested_arguments_are_found) {
    const auto nested =
        param_headers_of(R"({"properties":{"a":{"properties":{"b":{"type":"string","x-mcp-header":"B"}}}}})");
    EXPECT_EQ(code_for(nested, R"({"a":{"b":"x"}})", {{"Mcp-Param-B", "x"}}), 0);
    EXPECT_EQ(code_for(nested, R"({"a":{"b":"x"}})", {}), code::header_mismatch);
    EXPECT_EQ(code_for(nested, R"({"a":"b"})", {}), 0);
    EXPECT_EQ(code_for(nested, R"({"b":"x"})", {}), 0);
}

}  // namespace
}  // namespace agenthub::mcp

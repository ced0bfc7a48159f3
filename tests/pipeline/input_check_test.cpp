// Checking the input of a pipeline.

#include "pipeline/input_check.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

constexpr std::string_view kSchema = R"({"type":"object","properties":{
    "s":{"type":"string","default":"d"},"i":{"type":"integer"},"n":{"type":["number","null"]},"b":{"type":"boolean"},
    "l":{"type":"array","default":[1]},"e":{"enum":["a","b",3]},"any":{}},"required":["i"]})";

std::vector<std::string> faults(std::string_view schema, std::string_view input) {
    std::vector<std::string> out;
    for (const InputFault& fault : check_input(schema, input))
        out.push_back(fault.name + " " + fault.type);
    return out;
}

using Texts = std::vector<std::string>;

TEST(InputCheck, takes_what_the_schema_says) {
    EXPECT_EQ(faults(kSchema, R"({"s":"x","i":-3,"n":1.5e3,"b":true,"l":[],"e":"a","any":{},"more":1})"), Texts{});
    EXPECT_EQ(faults(kSchema, R"({"i":1,"n":null,"e":3})"), Texts{});
    EXPECT_EQ(faults("{}", R"({"a":1})"), Texts{});
}

TEST(InputCheck, names_everything_that_is_wrong) {
    EXPECT_EQ(faults(kSchema, R"({"s":1,"n":"x","b":"true","l":{},"e":"c"})"),
              (Texts{"i missing", "b boolean_type", "e enum", "l array_type", "n number_type", "s string_type"}));
    EXPECT_EQ(faults(kSchema, R"({"i":1.5})"), Texts{"i integer_type"});
    EXPECT_EQ(faults(kSchema, R"({"i":null})"), Texts{"i integer_type"});
}

TEST(InputCheck, refuses_more_only_where_the_schema_does) {
    constexpr std::string_view kClosed = R"({"properties":{"a":{}},"additionalProperties":false})";
    EXPECT_EQ(faults(kClosed, R"({"a":1,"b":2})"), Texts{"b extra_forbidden"});
}

TEST(InputCheck, reads_names_and_values_with_escapes) {
    EXPECT_EQ(faults(kSchema, R"({"\u0069":1,"e":"\u0061"})"), Texts{});
}

TEST(InputDefaults, stand_in_for_what_is_missing) {
    const std::string whole = with_defaults(kSchema, R"({"i":1})");
    EXPECT_EQ(faults(kSchema, whole), Texts{});
    EXPECT_NE(whole.find(R"("s":"d")"), std::string::npos);
    EXPECT_NE(whole.find(R"("l":[1])"), std::string::npos);
    EXPECT_NE(with_defaults(kSchema, R"({"i":1,"s":null})").find(R"("s":null)"), std::string::npos);
    EXPECT_EQ(with_defaults("{}", "{}"), "{}");
}

}  // namespace
}  // namespace agenthub

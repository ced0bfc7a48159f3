// What references stand for.

#include "pipeline/run_values.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::string value(const RunValues& values, std::string_view text) {
    const auto pieces = pieces_of(text);
    EXPECT_TRUE(pieces.has_value() && pieces->size() == 1 && pieces->front().reference) << text;
    const auto found = values.value_of(*pieces->front().reference);
    return found ? std::string(*found) : "error: " + found.error().message;
}

class RunValuesTest : public ::testing::Test {
protected:
    RunValuesTest() {
        EXPECT_TRUE(values.set("a", R"({"text":"t","list":[1,{"k":[true]}],"n":1.50,"none":null})").has_value());
    }
    RunValues values{R"({"x":"in","deep":{"y":2}})", "run-1", "2026-07-28"};
};

TEST_F(RunValuesTest, input_results_and_the_run_itself) {
    EXPECT_EQ(value(values, "${input.x}"), R"("in")");
    EXPECT_EQ(value(values, "${input.deep.y}"), "2");
    EXPECT_EQ(value(values, "${input}"), R"({"x":"in","deep":{"y":2}})");
    EXPECT_EQ(value(values, "${run.id}"), R"("run-1")");
    EXPECT_EQ(value(values, "${run.date}"), R"("2026-07-28")");
    EXPECT_EQ(value(values, "${steps.a.n}"), "1.50") << "as it was written";
    EXPECT_EQ(value(values, "${steps.a.list.1.k.0}"), "true");
}

TEST_F(RunValuesTest, null_where_nothing_was_given) {
    EXPECT_EQ(value(values, "${input.unknown}"), "null");
    EXPECT_EQ(value(values, "${steps.failed}"), "null");
    EXPECT_EQ(value(values, "${steps.failed.text.0}"), "null");
    EXPECT_EQ(value(values, "${steps.a.none.deeper}"), "null");
}

TEST_F(RunValuesTest, an_error_where_a_value_lacks_the_member) {
    EXPECT_NE(value(values, "${steps.a.txet}").find("${steps.a.txet} leads nowhere: there is no 'txet'"),
              std::string::npos);
    EXPECT_NE(value(values, "${steps.a.list.2}").find("leads nowhere"), std::string::npos);
    EXPECT_NE(value(values, "${steps.a.list.-1}").find("leads nowhere"), std::string::npos);
    EXPECT_NE(value(values, "${steps.a.text.deeper}").find("leads nowhere"), std::string::npos);
    EXPECT_NE(value(values, "${input.deep.z}").find("leads nowhere"), std::string::npos);
}

TEST(RunValuesLimit, keeps_exactly_so_much_and_not_a_byte_more) {
    RunValues values("{}", "", "");
    ASSERT_TRUE(values.set("a", std::string(RunValues::kMaxBytes - 2, ' ')).has_value());
    const auto refused = values.set("b", " ");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, errc::too_large);
    EXPECT_EQ(values.result_of("b"), "");
    ASSERT_TRUE(values.set("a", "1").has_value()) << "what it replaces counts no more";
    ASSERT_TRUE(values.set("b", std::string(RunValues::kMaxBytes - 3, ' ')).has_value());
}

}  // namespace
}  // namespace agenthub

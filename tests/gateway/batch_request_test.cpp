// Reading batches.

#include "gateway/batch_request.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using namespace std::chrono_literals;

Limits small() {
    Limits limits;
    limits.batch_calls = 2;
    limits.batch_concurrency = 4;
    return limits;
}

// The request; one that is refused fails the test.
BatchRequest read(const std::string& body, const Limits& limits = {}) {
    BodyReader reader(body);
    BatchRequest batch = read_batch(reader, limits);
    EXPECT_TRUE(reader.ok()) << reader.summary();
    return batch;
}

std::string fault_of(const std::string& call) {
    const std::string body = R"({"calls":[)" + call + "]}";
    const BatchRequest batch = read(body);
    return batch.calls.size() == 1 ? batch.calls.front().fault : "no call";
}

std::string summary_of(const std::string& body, const Limits& limits = {}) {
    BodyReader reader(body);
    read_batch(reader, limits);
    return reader.ok() ? "" : reader.summary();
}

TEST(BatchRequest, has_defaults) {
    const BatchRequest batch = read(R"({"calls":[{"server":"s","tool":"t"}]})");
    EXPECT_EQ(batch.max_concurrent, 3U);
    EXPECT_EQ(batch.retries, 0);
    EXPECT_EQ(batch.retry_delay, 2s);
    ASSERT_EQ(batch.calls.size(), 1U);
    EXPECT_EQ(batch.calls[0].call.arguments, "{}");
    EXPECT_EQ(batch.calls[0].call.timeout, std::nullopt);
    EXPECT_EQ(batch.calls[0].retry, RetryWhen::safe);
    EXPECT_EQ(batch.calls[0].fault, "");
    EXPECT_EQ(read(R"({"calls":[]})",
                   [] {
                       Limits l;
                       l.batch_concurrency = 2;
                       return l;
                   }())
                  .max_concurrent,
              2U);
}

TEST(BatchRequest, reads_everything) {
    const BatchRequest batch = read(R"({"max_concurrent":5,"retries":2,"retry_delay":0.25,"calls":[
        {"server":"\u0073","tool":"t","arguments":{"a": 1.0},"timeout":1.5,"retry":"always"},
        {"server":"s","tool":"t","arguments":null,"timeout":"250ms","retry":"never"},
        {"server":"s","tool":"t","timeout":null,"retry":"safe"}]})");
    EXPECT_EQ(batch.max_concurrent, 5U);
    EXPECT_EQ(batch.retries, 2);
    EXPECT_EQ(batch.retry_delay, 250ms);
    ASSERT_EQ(batch.calls.size(), 3U);
    EXPECT_EQ(batch.calls[0].call.server, "s");
    EXPECT_EQ(batch.calls[0].call.arguments, R"({"a": 1.0})") << "as it was written";
    EXPECT_EQ(batch.calls[0].call.timeout, 1500ms);
    EXPECT_EQ(batch.calls[0].retry, RetryWhen::always);
    EXPECT_EQ(batch.calls[1].call.timeout, 250ms);
    EXPECT_EQ(batch.calls[1].retry, RetryWhen::never);
    for (const BatchCall& call : batch.calls)
        EXPECT_EQ(call.fault, "");
}

TEST(BatchRequest, what_is_wrong_with_a_call_is_its_own_fault) {
    EXPECT_NE(fault_of("1").find("must be an object"), std::string::npos);
    EXPECT_NE(fault_of("{}").find("'server'"), std::string::npos);
    EXPECT_NE(fault_of(R"({"server":"","tool":"t"})").find("'server'"), std::string::npos);
    EXPECT_NE(fault_of(R"({"server":"s","tool":1})").find("'tool'"), std::string::npos);
    EXPECT_NE(fault_of(R"({"server":"s","tool":"t","arguments":[]})").find("'arguments'"), std::string::npos);
    for (const char* timeout : {"0", "-1", "86401", "\"soon\"", "true", "{}", "1e999"})
        EXPECT_NE(fault_of(R"({"server":"s","tool":"t","timeout":)" + std::string(timeout) + "}").find("'timeout'"),
                  std::string::npos)
            << timeout;
    EXPECT_EQ(fault_of(R"({"server":"s","tool":"t","timeout":86400})"), "");
    EXPECT_NE(fault_of(R"({"server":"s","tool":"t","retry":"twice"})").find("'retry'"), std::string::npos);
}

TEST(BatchRequest, is_refused_as_a_whole_where_nothing_could_be_done) {
    EXPECT_NE(summary_of("{}").find("Field required"), std::string::npos);
    EXPECT_NE(summary_of(R"({"calls":{}})").find("valid list"), std::string::npos);
    EXPECT_NE(summary_of("nothing").find("JSON decode error"), std::string::npos);
    EXPECT_NE(summary_of(R"({"calls":[],"max_concurrent":0})").find("max_concurrent"), std::string::npos);
    EXPECT_NE(summary_of(R"({"calls":[],"retries":11})").find("less than or equal to 10"), std::string::npos);
    EXPECT_NE(summary_of(R"({"calls":[],"retry_delay":-1})").find("retry_delay"), std::string::npos);
}

TEST(BatchRequest, is_bounded_at_the_limits_and_not_one_later) {
    EXPECT_EQ(summary_of(R"({"calls":[1,2],"max_concurrent":4})", small()), "");
    EXPECT_NE(summary_of(R"({"calls":[1,2,3]})", small()).find("at most 2 items"), std::string::npos);
    EXPECT_NE(summary_of(R"({"calls":[],"max_concurrent":5})", small()).find("less than or equal to 4"),
              std::string::npos);
    EXPECT_EQ(summary_of(R"({"calls":[],"retries":10,"retry_delay":3600})"), "");
}

}  // namespace
}  // namespace agenthub

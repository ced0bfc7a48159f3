// Tests of HealthCheck: what fails a probe, and when a server is given up.

#include "supervisor/health_check.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using Outcome = result<mcp::Message>;

Outcome answer(const std::string& rest) {
    return mcp::Message::parse(R"({"jsonrpc":"2.0","id":1,)" + rest + "}");
}
const Outcome kFine = answer(R"("result":{})");
const Outcome kError = answer(R"("error":{"code":-32601,"message":"no such method"})");
const Outcome kToolError = answer(R"("result":{"isError":true,"content":[]})");
const Outcome kSilence = Error(errc::call_timeout, "no answer in time");

ServerConfig asking(std::string method, int failures = 3) {
    ServerConfig server;
    server.health_check.method = std::move(method);
    server.health_check_failures = failures;
    return server;
}

TEST(HealthCheck, asks_what_is_configured) {
    ServerConfig server = asking("tools/call");
    server.health_check.params = R"({"name":"status"})";
    server.health_check_interval = Duration(7);
    server.health_check_timeout = Duration(8);
    const HealthCheck check(server);
    EXPECT_EQ(check.method(), "tools/call");
    EXPECT_EQ(check.params(), R"({"name":"status"})");
    EXPECT_EQ(check.interval(), Duration(7));
    EXPECT_EQ(check.timeout(), Duration(8));
}

TEST(HealthCheck, gives_a_server_up_after_as_many_failures_in_a_row) {
    for (const int limit : {1, 3, 100}) {
        HealthCheck check(asking("ping", limit));
        for (int i = 1; i < limit; ++i) {
            EXPECT_FALSE(check.take(kSilence));
            EXPECT_FALSE(check.is_lost()) << i << " of " << limit;
        }
        EXPECT_FALSE(check.take(kSilence));
        EXPECT_TRUE(check.is_lost());
    }
}

TEST(HealthCheck, one_answer_forgives_the_failures_before_it) {
    HealthCheck check(asking("ping", 2));
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(check.take(kSilence));
        EXPECT_TRUE(check.take(kFine));
        EXPECT_FALSE(check.is_lost());
    }
}

TEST(HealthCheck, whatever_answers_a_ping_is_alive) {
    HealthCheck check(asking("ping"));
    EXPECT_TRUE(check.take(kError));
}

TEST(HealthCheck, another_request_has_to_work) {
    HealthCheck check(asking("tools/call"));
    EXPECT_TRUE(check.take(kFine));
    EXPECT_FALSE(check.take(kError));
    EXPECT_EQ(check.complaint(),
              "failed its health check (tools/call), 1 of 3: it answered with the error "
              R"({"code":-32601,"message":"no such method"})");
    EXPECT_FALSE(check.take(kToolError));
    EXPECT_NE(check.complaint().find("2 of 3: the tool answered with isError"), std::string::npos) << check.complaint();
    EXPECT_FALSE(check.take(kSilence));
    EXPECT_NE(check.complaint().find("3 of 3: no answer in time"), std::string::npos) << check.complaint();
}

TEST(HealthCheck, knows_when_a_reload_changes_it) {
    const ServerConfig one = asking("ping");
    EXPECT_TRUE(same_health_check(one, asking("ping")));
    EXPECT_FALSE(same_health_check(one, asking("tools/list")));
    EXPECT_FALSE(same_health_check(one, asking("ping", 4)));
    ServerConfig other = one;
    other.health_check_timeout = Duration(1);
    EXPECT_FALSE(same_health_check(one, other));
    other = one;
    other.health_check_interval = Duration(1);
    EXPECT_FALSE(same_health_check(one, other));
    other = one;
    other.call_timeout = Duration(1);
    EXPECT_TRUE(same_health_check(one, other));
}

}  // namespace
}  // namespace agenthub

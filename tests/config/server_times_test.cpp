// Tests of a server entry's limits of calls and its health check.

#include <gtest/gtest.h>

#include "config/server_entry.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

ServerConfig with(const std::string& keys) {
    return parsed_server(R"({"command": "c", )" + keys + "}");
}

TEST(ServerTimes, ranges_at_their_ends_and_one_beyond) {
    struct Range {
        std::string key;
        const char *min, *below, *max, *above;
    };
    for (const auto& range : {Range{"health_check_timeout", "0.001", "0", "3600", "3600.001"},
                              Range{"health_check_failures", "1", "0", "100", "101"},
                              Range{"max_call_time", "0", "-1", "604800", "604800.001"}}) {
        for (const char* value : {range.min, range.max})
            EXPECT_EQ(with('"' + range.key + "\": " + value).disabled_reason, "") << range.key;
        for (const char* value : {range.below, range.above})
            EXPECT_EQ(with('"' + range.key + "\": " + value)
                          .disabled_reason.find("mcpServers.s." + range.key + ": found " + value),
                      0U)
                << range.key;
    }
}

TEST(ServerTimes, a_call_may_take_an_hour_unless_its_timeout_is_longer) {
    EXPECT_EQ(with(R"("call_timeout": 5)").max_call_time, 1h);
    EXPECT_EQ(with(R"("call_timeout": "1h")").max_call_time, 1h);
    EXPECT_EQ(with(R"("call_timeout": "3h")").max_call_time, 3h);
    EXPECT_EQ(with(R"("proxy_timeout": "3h")").max_call_time, 3h);
    EXPECT_EQ(with(R"("call_timeout": "3h")").disabled_reason, "");
}

TEST(ServerTimes, max_call_time_is_none_or_at_least_call_timeout) {
    EXPECT_EQ(with(R"("call_timeout": 5, "max_call_time": 5)").max_call_time, 5s);
    EXPECT_EQ(with(R"("call_timeout": 5, "max_call_time": 5)").disabled_reason, "");
    EXPECT_EQ(with(R"("call_timeout": 5, "max_call_time": 0)").max_call_time, 0s);
    EXPECT_EQ(with(R"("call_timeout": 5, "max_call_time": 0)").disabled_reason, "");
    EXPECT_EQ(with(R"("call_timeout": 5, "max_call_time": 4.999)").disabled_reason,
              "mcpServers.s.max_call_time: found 4999ms; allowed: 0, or at least the call_timeout of 5s");
}

TEST(ServerTimes, a_health_check_is_a_ping_unless_told_otherwise) {
    const ServerConfig plain = with(R"("package": "p")");
    EXPECT_EQ(plain.health_check, HealthProbe());
    EXPECT_EQ(plain.health_check.method, "ping");
    EXPECT_EQ(plain.health_check_timeout, 10s);
    EXPECT_EQ(plain.health_check_failures, 3);
    for (const char* method : {"ping", "tools/list", "resources/list", "resources/templates/list", "prompts/list"}) {
        const ServerConfig server = with(R"("health_check": ")" + std::string(method) + '"');
        EXPECT_EQ(server.disabled_reason, "") << method;
        EXPECT_EQ(server.health_check.method, method);
        EXPECT_EQ(server.health_check.params, "");
    }
}

TEST(ServerTimes, a_health_check_may_be_a_request_with_parameters) {
    const ServerConfig tool = with(
        R"("health_check": {"method": "tools/call", "params": {"name": "status", "arguments": {"b": 1, "a": 2}}})");
    EXPECT_EQ(tool.disabled_reason, "");
    EXPECT_EQ(tool.health_check.method, "tools/call");
    EXPECT_EQ(tool.health_check.params, R"({"name":"status","arguments":{"b":1,"a":2}})");
    EXPECT_EQ(with(R"("health_check": {"method": "tools/list"})").health_check.method, "tools/list");
}

TEST(ServerTimes, a_broken_health_check_disables_the_server) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("health_check": "tools/call")", "mcpServers.s.health_check: found \"tools/call\"; allowed: \"ping\", "},
        {R"("health_check": 7)", "mcpServers.s.health_check: found 7; allowed: \"ping\", "},
        {R"("health_check": {"method": "initialize"})", "mcpServers.s.health_check.method: found \"initialize\""},
        {R"("health_check": {"method": "ping", "params": []})", "mcpServers.s.health_check.params: found a list"},
        {R"("health_check": {"method": "tools/call"})", "mcpServers.s.health_check.params: no tool; allowed: "},
        {R"("health_check": {"method": "tools/call", "params": {}})", "mcpServers.s.health_check.params: no tool"},
    };
    for (const auto& [keys, start] : cases)
        EXPECT_EQ(with(keys).disabled_reason.find(start), 0U) << keys << ": " << with(keys).disabled_reason;
    const Config config = parsed(R"({"servers": {"s": {"command": "c", "health_check": {"methd": "ping"}}}})");
    EXPECT_EQ(texts_of(config.warnings),
              one("servers.s.health_check.methd: unknown key, ignored; did you mean \"method\"?"));
}

}  // namespace
}  // namespace agenthub

#include "config/server_limits.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

ServerConfig with(const std::string& members) {
    return parsed_server(R"({"command": "c", )" + members + "}");
}

TEST(ServerLimits, every_limit_is_read) {
    const ServerConfig server = with(R"("rlimits": {"nofile": 256, "core": 0, "as": 1073741824},
        "memory_max": 536870912, "pids_max": 64, "cpu_weight": 50)");
    EXPECT_EQ(server.disabled_reason, "");
    ServerLimits expected;
    expected.process.nofile = 256;
    expected.process.core = 0;
    expected.process.as = 1073741824;
    expected.cgroup.memory_max = 536870912;
    expected.cgroup.pids_max = 64;
    expected.cgroup.cpu_weight = 50;
    EXPECT_EQ(server.limits, expected);
}

TEST(ServerLimits, none_is_the_default_and_null_says_so_too) {
    EXPECT_EQ(with(R"("auto_start": true)").limits, ServerLimits());
    const ServerConfig server = with(R"("rlimits": {"nofile": null, "core": null, "as": null}, "memory_max": null,
        "pids_max": null, "cpu_weight": null)");
    EXPECT_EQ(server.disabled_reason, "");
    EXPECT_EQ(server.limits, ServerLimits());
    EXPECT_EQ(with(R"("rlimits": null)").limits, ServerLimits());
}

TEST(ServerLimits, ranges_at_their_ends_and_one_beyond) {
    struct Range {
        const char* path;
        const char* min;
        const char* below;
        const char* max;
        const char* above;
    };
    const Range ranges[] = {
        {"rlimits.nofile", "16", "15", "1073741824", "1073741825"},
        {"rlimits.core", "0", "-1", "1125899906842624", "1125899906842625"},
        {"rlimits.as", "1048576", "1048575", "1125899906842624", "1125899906842625"},
        {"memory_max", "1048576", "1048575", "1125899906842624", "1125899906842625"},
        {"pids_max", "1", "0", "4194304", "4194305"},
        {"cpu_weight", "1", "0", "10000", "10001"},
    };
    for (const Range& range : ranges) {
        const std::string path = range.path;
        const bool nested = path.starts_with("rlimits.");
        const auto reason_of = [&](const std::string& value) {
            const std::string member = "\"" + path.substr(nested ? 8 : 0) + "\": " + value;
            return with(nested ? "\"rlimits\": {" + member + "}" : member).disabled_reason;
        };
        EXPECT_EQ(reason_of(range.min), "") << path;
        EXPECT_EQ(reason_of(range.max), "") << path;
        for (const std::string value : {range.below, range.above, "\"1G\"", "20.5"})
            EXPECT_EQ(reason_of(value).find("mcpServers.s." + path + ": found " + value + "; allowed: a whole number"),
                      0U)
                << reason_of(value);
    }
}

TEST(ServerLimits, a_refused_limit_is_not_taken) {
    EXPECT_EQ(with(R"("pids_max": 0)").limits, ServerLimits());
    EXPECT_EQ(with(R"("rlimits": 5)").disabled_reason, "mcpServers.s.rlimits: found 5; allowed: an object");
}

TEST(ServerLimits, an_unknown_limit_is_a_warning_with_its_path) {
    const Config config = parsed(R"({"servers": {"s": {"command": "c", "rlimits": {"nofiles": 64}}}})");
    EXPECT_EQ(texts_of(config.warnings),
              one("servers.s.rlimits.nofiles: unknown key, ignored; did you mean \"nofile\"?"));
}

TEST(Cgroup, is_auto_off_or_an_absolute_path) {
    EXPECT_EQ(parsed("").cgroup, "auto");
    EXPECT_EQ(parsed(R"({"cgroup": "off"})").cgroup, "off");
    EXPECT_EQ(parsed(R"({"cgroup": "/sys/fs/cgroup/agenthub"})").cgroup, "/sys/fs/cgroup/agenthub");
    for (const std::string value : {"\"agenthub\"", "\"\"", "\"on\""})
        EXPECT_EQ(faults_of("{\"cgroup\": " + value + "}"),
                  one("cgroup: found " + value + "; allowed: \"auto\", \"off\", or an absolute path"));
    EXPECT_EQ(faults_of(R"({"cgroup": true})"), one("cgroup: found true; allowed: a string"));
}

}  // namespace
}  // namespace agenthub

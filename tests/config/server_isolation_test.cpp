// Who shares a process of a server, as the configuration says it.

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

TEST(ServerIsolation, isolation_is_one_of_four) {
    EXPECT_EQ(parsed_server(R"({"command": "c"})").isolation, Isolation::shared);
    EXPECT_EQ(parsed_server(R"({"command": "c", "isolation": "shared"})").isolation, Isolation::shared);
    EXPECT_EQ(parsed_server(R"({"command": "c", "isolation": "caller"})").isolation, Isolation::caller);
    EXPECT_EQ(parsed_server(R"({"command": "c", "isolation": "session"})").isolation, Isolation::session);
    EXPECT_EQ(parsed_server(R"({"command": "c", "isolation": "auto"})").isolation, Isolation::automatic);
    EXPECT_NE(reason_of(R"({"command": "c", "isolation": "client"})"), "");
}

TEST(ServerIsolation, the_era_is_found_out_unless_it_is_said) {
    EXPECT_EQ(parsed_server(R"({"command": "c"})").era, EraChoice::automatic);
    EXPECT_EQ(parsed_server(R"({"command": "c", "era": "auto"})").era, EraChoice::automatic);
    EXPECT_EQ(parsed_server(R"({"command": "c", "era": "legacy"})").era, EraChoice::legacy);
    EXPECT_EQ(parsed_server(R"({"command": "c", "era": "modern"})").era, EraChoice::modern);
    EXPECT_NE(reason_of(R"({"command": "c", "era": "2026-07-28"})"), "");
}

TEST(ServerIsolation, no_more_processes_are_kept_warm_than_there_may_be) {
    const std::string start = R"({"command": "c", "isolation": "session", "max_instances": 2, "warm": )";
    EXPECT_EQ(reason_of(start + "2}"), "");
    EXPECT_EQ(reason_of(start + "3}"), "mcpServers.s.warm: found 3; allowed: at most max_instances, which is 2");
    EXPECT_EQ(reason_of(R"({"command": "c", "isolation": "session", "max_instances": 0, "warm": 3})"), "");
}

TEST(ServerIsolation, what_a_shared_server_has_no_use_for_is_a_warning) {
    const Config config = parsed(R"({"servers": {"s": {"command": "c", "max_instances": 2}}})");
    EXPECT_EQ(texts_of(config.warnings),
              one("servers.s.max_instances: no effect: \"isolation\" is \"shared\", so there is one process"));
}

}  // namespace
}  // namespace agenthub

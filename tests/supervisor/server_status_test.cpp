#include "supervisor/server_status.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

ServerStatus in(ServerState state, std::string last_error = "") {
    ServerStatus status;
    status.state = state;
    status.reason = "of one";
    status.restart_count = 1;
    status.last_error = std::move(last_error);
    return status;
}

TEST(CombinedStatus, of_none_is_stopped_and_of_one_is_that_one) {
    EXPECT_EQ(combined_status({}).state, ServerState::stopped);
    const ServerStatus one = in(ServerState::failed, "why");
    EXPECT_EQ(combined_status({&one}), one);
}

TEST(CombinedStatus, is_the_best_there_is_and_counts_them_all) {
    ServerStatus running = in(ServerState::running);
    running.pid = 7;
    const ServerStatus starting = in(ServerState::starting);
    const ServerStatus failed = in(ServerState::failed, "why");
    const auto all = combined_status({&failed, &starting, &running, &failed});
    EXPECT_EQ(all.state, ServerState::running);
    EXPECT_EQ(all.pid, 7);
    EXPECT_EQ(all.reason, "4 processes: 1 running, 1 starting, 2 failed");
    EXPECT_EQ(all.restart_count, 4U);
    EXPECT_EQ(all.last_error, "why");
}

TEST(CombinedStatus, hopes_in_this_order) {
    const ServerStatus starting = in(ServerState::starting);
    const ServerStatus stopping = in(ServerState::stopping);
    const ServerStatus failed = in(ServerState::failed);
    const ServerStatus stopped = in(ServerState::stopped);
    EXPECT_EQ(combined_status({&stopping, &starting}).state, ServerState::starting);
    EXPECT_EQ(combined_status({&failed, &stopping}).state, ServerState::stopping);
    EXPECT_EQ(combined_status({&stopped, &failed}).state, ServerState::failed);
}

}  // namespace
}  // namespace agenthub

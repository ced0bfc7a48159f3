// Tests of outcome_of(): which failures are the server's.

#include "base/call_outcome.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(CallOutcome, a_timeout_is_a_failure_and_an_end_of_the_process_a_death) {
    for (const errc code : {errc::call_timeout, errc::upstream_unreachable, errc::upstream_failed})
        EXPECT_EQ(outcome_of(Error(code, "x")), CallOutcome::failed) << to_string(code);
    for (const errc code : {errc::server_exited, errc::server_unhealthy, errc::server_out_of_memory, errc::write_failed,
                            errc::start_failed, errc::start_exited, errc::start_refused, errc::start_timeout})
        EXPECT_EQ(outcome_of(Error(code, "x")), CallOutcome::died) << to_string(code);
}

TEST(CallOutcome, too_long_an_answer_and_a_refusal_are_answers) {
    for (const errc code : {errc::too_large, errc::model_unknown, errc::upstream_refused})
        EXPECT_EQ(outcome_of(Error(code, "x")), CallOutcome::answered) << to_string(code);
}

TEST(CallOutcome, everything_else_says_nothing_of_the_server) {
    int failures = 0;
    for (int i = 0; i <= static_cast<int>(errc::internal); ++i)
        failures += outcome_of(Error(static_cast<errc>(i), "x")) != CallOutcome::unknown ? 1 : 0;
    EXPECT_EQ(failures, 14) << "those of the tests above";
    EXPECT_EQ(outcome_of(Error(errc::cancelled, "x")), CallOutcome::unknown);
    EXPECT_EQ(outcome_of(Error(errc::server_stopped, "x")), CallOutcome::unknown);
}

TEST(CallOutcome, a_start_that_was_put_off_is_no_death) {
    const Error put_off(errc::start_failed, "the next attempt is possible in 2 s", std::chrono::seconds(2));
    EXPECT_EQ(outcome_of(put_off), CallOutcome::unknown);
}

}  // namespace
}  // namespace agenthub

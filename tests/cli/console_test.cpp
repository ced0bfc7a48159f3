#include "cli/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace agenthub {
namespace {

TEST(Console, failures_name_the_command_and_go_to_the_error_stream) {
    std::istringstream in;
    std::ostringstream out, err;
    const Console console{in, out, err};
    EXPECT_EQ(fail(console, "call", Error(errc::busy, "too much at once"), kExitFailed), 1);
    EXPECT_EQ(err.str(), "agenthub call: too much at once\n");
    EXPECT_EQ(out.str(), "");
}

TEST(Console, one_line_takes_away_what_would_steer_a_terminal) {
    EXPECT_EQ(one_line("a\x1B[31mb\r\n\tc\x7F"), "a [31mb   c ");
    EXPECT_EQ(one_line("grüße 🙂"), "grüße 🙂");
    EXPECT_EQ(one_line("a\xC2\x9B"
                       "31m"),
              "a  31m")
        << "a C1 control";
    EXPECT_EQ(one_line("\xC2"), "\xC2") << "cut in the middle of a character";
}

}  // namespace
}  // namespace agenthub

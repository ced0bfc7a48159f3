#include "base/error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace agenthub {
namespace {

TEST(Error, only_failures_before_the_server_saw_the_request_may_be_repeated) {
    EXPECT_EQ(retry_class_of(errc::start_failed), retry_class::not_started);
    EXPECT_EQ(retry_class_of(errc::busy), retry_class::busy);
    EXPECT_EQ(retry_class_of(errc::server_exited), retry_class::started_unknown);
    EXPECT_EQ(retry_class_of(errc::call_timeout), retry_class::started_unknown);
    EXPECT_EQ(retry_class_of(errc::parse_error), retry_class::never);
}

TEST(Error, value_of_a_failure_throws_with_code_and_message) {
    const result<int> failed = Error(errc::busy, "the queue of server x is full");
    try {
        (void)failed.value();
        FAIL() << "value() of a failure returned";
    } catch (const std::logic_error& e) {
        EXPECT_NE(std::string(e.what()).find("busy: the queue of server x is full"), std::string::npos);
    }
}

TEST(Error, system_error_carries_the_systems_text) {
    const Error error = system_error("open /nowhere", 2);
    EXPECT_EQ(error.code, errc::io_error);
    EXPECT_EQ(error.message, "open /nowhere: No such file or directory");
}

}  // namespace
}  // namespace agenthub

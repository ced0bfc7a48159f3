#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>
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

TEST(Error, every_code_has_a_number_and_a_name_of_its_own) {
    std::set<std::string_view> numbers;
    std::set<std::string_view> names;
    for (int i = 0; i < kErrorCodes; ++i) {
        const std::string_view number = code_of(static_cast<errc>(i));
        EXPECT_TRUE(numbers.insert(number).second) << number;
        EXPECT_TRUE(names.insert(to_string(static_cast<errc>(i))).second) << number;
        ASSERT_EQ(number.size(), 6U) << number;
        EXPECT_TRUE(number.starts_with("AH-"));
        EXPECT_EQ(number.find_first_not_of("0123456789", 3), number.npos) << number;
    }
}

TEST(Error, the_group_of_a_number_says_whether_repeating_is_safe) {
    for (int i = 0; i < kErrorCodes; ++i) {
        const auto code = static_cast<errc>(i);
        switch (code_of(code)[3]) {
            case '2': EXPECT_EQ(retry_class_of(code), retry_class::not_started) << code_of(code); break;
            case '3': EXPECT_EQ(retry_class_of(code), retry_class::busy) << code_of(code); break;
            case '4': EXPECT_EQ(retry_class_of(code), retry_class::started_unknown) << code_of(code); break;
            case '1':
            case '5': EXPECT_EQ(retry_class_of(code), retry_class::never) << code_of(code); break;
            default: ADD_FAILURE() << "no group: " << code_of(code);
        }
    }
}

// Agents and scripts know these.
TEST(Error, published_numbers_do_not_change) {
    EXPECT_EQ(code_of(errc::parse_error), "AH-101");
    EXPECT_EQ(code_of(errc::server_unknown), "AH-201");
    EXPECT_EQ(code_of(errc::start_failed), "AH-204");
    EXPECT_EQ(code_of(errc::busy), "AH-301");
    EXPECT_EQ(code_of(errc::server_exited), "AH-401");
    EXPECT_EQ(code_of(errc::call_timeout), "AH-404");
    EXPECT_EQ(code_of(errc::internal), "AH-505");
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

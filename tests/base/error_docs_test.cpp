// docs/errors.md lists every number and every name of errc, and nothing else.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "base/error.hpp"

namespace agenthub {
namespace {

std::string errors_page() {
    std::ifstream in(AGENTHUB_ERRORS_PAGE);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::set<std::string> all_matches(const std::string& text, const char* pattern, std::size_t group) {
    const std::regex regex(pattern);
    std::set<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
        out.insert(it->str(group));
    return out;
}

TEST(ErrorsPage, has_a_row_for_every_failure_with_all_its_cells) {
    const std::string page = errors_page();
    ASSERT_FALSE(page.empty()) << AGENTHUB_ERRORS_PAGE;
    for (int i = 0; i < kErrorCodes; ++i) {
        const auto code = static_cast<errc>(i);
        const std::string start =
            "\n| `" + std::string(code_of(code)) + "` | `" + std::string(to_string(code)) + "` | ";
        const std::size_t at = page.find(start);
        ASSERT_NE(at, std::string::npos) << start;
        EXPECT_EQ(page.find(start, at + 1), std::string::npos) << "twice: " << start;
        const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
        EXPECT_TRUE(std::regex_match(row, std::regex("\\| `AH-\\d+` \\| `\\w+` \\| .{4,} \\| .{4,} \\| `\\w+` \\|")))
            << row;
    }
}

TEST(ErrorsPage, has_no_number_and_no_row_that_does_not_exist) {
    const std::string page = errors_page();
    std::set<std::string> numbers;
    std::map<std::string, std::string> names;
    for (int i = 0; i < kErrorCodes; ++i) {
        const auto code = static_cast<errc>(i);
        numbers.insert(std::string(code_of(code)));
        names.emplace(to_string(code), code_of(code));
    }
    for (const std::string& found : all_matches(page, "AH-\\d+", 0))
        EXPECT_TRUE(numbers.contains(found)) << found;
    for (const std::string& found : all_matches(page, "\\| `AH-\\d+` \\| `(\\w+)` \\|", 1))
        EXPECT_TRUE(names.contains(found)) << found;
    // The lists of names by HTTP status.
    for (const std::string& row : all_matches(page, "\\| \\d{3} \\| (.*) \\|", 1))
        for (const std::string& found : all_matches(row, "`(\\w+)`", 1))
            EXPECT_TRUE(names.contains(found)) << found;
}

TEST(ErrorsPage, says_of_each_whether_it_may_be_repeated) {
    const std::string page = errors_page();
    for (int i = 0; i < kErrorCodes; ++i) {
        const auto code = static_cast<errc>(i);
        const std::size_t at = page.find("\n| `" + std::string(code_of(code)) + "` | `");
        ASSERT_NE(at, std::string::npos);
        const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
        const std::map<retry_class, std::string> words = {{retry_class::never, "| `no` |"},
                                                          {retry_class::not_started, "| `safe` |"},
                                                          {retry_class::busy, "| `later` |"},
                                                          {retry_class::started_unknown, "| `unknown` |"}};
        EXPECT_TRUE(row.ends_with(words.at(retry_class_of(code)))) << row;
    }
}

}  // namespace
}  // namespace agenthub

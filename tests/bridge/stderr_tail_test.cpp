#include "bridge/stderr_tail.hpp"

#include <gtest/gtest.h>

#include "base/redactor.hpp"

namespace agenthub {
namespace {

std::string numbered(std::size_t first, std::size_t last) {
    std::string text;
    for (std::size_t i = first; i <= last; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

TEST(StderrTail, keeps_the_last_lines) {
    StderrTail tail;
    tail.append(numbered(1, StderrTail::kLines));
    EXPECT_EQ(tail.text(), numbered(1, StderrTail::kLines));
    tail.append(numbered(StderrTail::kLines + 1, StderrTail::kLines + 1));
    EXPECT_EQ(tail.text(), numbered(2, StderrTail::kLines + 1));
    EXPECT_EQ(tail.last_line(), "line " + std::to_string(StderrTail::kLines + 1));
    EXPECT_EQ(tail.total_bytes(), numbered(1, StderrTail::kLines + 1).size());
}

TEST(StderrTail, is_the_same_however_the_bytes_come) {
    const std::string text = "first\r\n\nthird\nopen";
    StderrTail whole;
    whole.append(text);
    StderrTail pieces;
    for (const char c : text)
        pieces.append({&c, 1});
    EXPECT_EQ(whole.text(), "first\n\nthird\nopen");
    EXPECT_EQ(pieces.text(), whole.text());
    EXPECT_EQ(pieces.last_line(), "open");
}

TEST(StderrTail, cuts_a_long_line_at_its_limit) {
    StderrTail tail;
    const std::string fits(StderrTail::kLineBytes, 'a');
    tail.append(fits + "\n");
    EXPECT_EQ(tail.last_line(), fits);
    tail.append(fits + "b\n");
    EXPECT_EQ(tail.last_line(), fits);
    tail.append(std::string(10'000'000, 'c'));
    EXPECT_EQ(tail.last_line(), std::string(StderrTail::kLineBytes, 'c'));
    tail.append("\nnext");
    EXPECT_EQ(tail.last_line(), "next");
    EXPECT_LE(tail.text().size(), (StderrTail::kLines + 1) * (StderrTail::kLineBytes + 1));
}

TEST(StderrTail, keeps_no_secret_however_the_bytes_come_and_wherever_the_line_is_cut) {
    hide_secrets({"a-secret-of-the-server"});
    const std::string padding(StderrTail::kLineBytes - 10, 'p');
    const std::string said = padding + "a-secret-of-the-server\nx a-secret-of-the-server y\nz a-secret-of-the-server";
    for (std::size_t chunk : {said.size(), std::size_t{1}, std::size_t{7}}) {
        StderrTail tail;
        for (std::size_t at = 0; at < said.size(); at += chunk) {
            tail.append(std::string_view(said).substr(at, chunk));
            EXPECT_EQ(tail.text().find("a-se"), std::string::npos) << tail.text();
            EXPECT_EQ(tail.last_line().find("a-se"), std::string::npos);
        }
        EXPECT_EQ(tail.text(), padding + "[redacted]\nx [redacted] y\nz [redacted]");
    }
    hide_secrets({});
}

TEST(StderrTail, keeps_nothing_of_a_secret_longer_than_what_is_kept_of_a_line) {
    const std::string secret = "begin-" + std::string(20'000, 'k') + "-end";
    hide_secrets({secret});
    StderrTail tail;
    tail.append("key: " + secret + "\n");
    EXPECT_EQ(tail.text().find("begin"), std::string::npos) << tail.text();
    EXPECT_EQ(tail.text().substr(0, 5), "key: ");
    hide_secrets({});
}

TEST(StderrTail, last_line_is_one_that_says_something) {
    StderrTail tail;
    EXPECT_EQ(tail.last_line(), "");
    EXPECT_EQ(tail.text(), "");
    tail.append("Error: no such file\n\n   \n\t");
    EXPECT_EQ(tail.last_line(), "Error: no such file");
}

}  // namespace
}  // namespace agenthub

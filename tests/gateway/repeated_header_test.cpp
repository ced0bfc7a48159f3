#include "gateway/repeated_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

std::string head(std::string_view length, std::string_view more = {}) {
    return "POST /mcp/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::string(length) +
           "\r\nAccept: application/json\r\n" + std::string(more) + "\r\n";
}

RepeatedHeader kept(std::string_view header) {
    RepeatedHeader out;
    out.keep(header);
    return out;
}

TEST(RepeatedHeader, is_found_again_in_front_of_its_body) {
    const auto found = kept(head("5")).match(head("5") + "abcde");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->header_bytes, head("5").size());
    EXPECT_EQ(found->body_bytes, 5u);
}

TEST(RepeatedHeader, may_have_a_body_of_another_length) {
    for (const char* length : {"0", "7", "10", "0012", "1234567"}) {
        const auto found = kept(head("5")).match(head(length) + std::string(1'234'567, 'x'));
        ASSERT_TRUE(found) << length;
        EXPECT_EQ(found->header_bytes, head(length).size());
        EXPECT_EQ(found->body_bytes, std::stoul(length));
    }
}

TEST(RepeatedHeader, leaves_what_follows_alone) {
    const auto found = kept(head("2")).match(head("2") + "ab" + head("9"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->header_bytes + found->body_bytes, head("2").size() + 2);
}

TEST(RepeatedHeader, is_nothing_when_the_bytes_are_others_or_not_all_there) {
    const RepeatedHeader header = kept(head("5"));
    const std::string whole = head("5") + "abcde";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(header.match(whole.substr(0, size))) << size;
    for (std::size_t at = 0; at < head("5").size(); ++at) {
        std::string other = whole;
        other[at] = other[at] == 'z' ? 'y' : 'z';
        EXPECT_FALSE(header.match(other)) << at;
    }
    for (const char* length : {"", "-5", "+5", " 5", "5 ", "5,5", "0x5", "12345678", "99999999999999999999999"})
        EXPECT_FALSE(header.match(head(length) + std::string(100, 'x'))) << length;
    EXPECT_FALSE(header.match(head("5", "Expect: 100-continue\r\n") + "abcde"));
}

TEST(RepeatedHeader, may_have_no_body_at_all) {
    const std::string get = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto found = kept(get).match(get + "GET /");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->header_bytes, get.size());
    EXPECT_EQ(found->body_bytes, 0u);
    EXPECT_FALSE(kept(get).match(get.substr(0, get.size() - 1)));
}

// Whatever else says where the body ends, or must be acted upon, is for the parser each time.
TEST(RepeatedHeader, is_not_kept_when_its_framing_is_not_plain) {
    for (const char* field : {"Transfer-Encoding: chunked\r\n", "transfer-encoding: gzip\r\n",
                              "Expect: 100-continue\r\n", "Upgrade: websocket\r\n", "Trailer: x\r\n",
                              "Content-Length: 5\r\n", "content-length:5\r\n", " folded\r\n", "no colon\r\n"})
        EXPECT_FALSE(kept(head("5", field)).match(head("5", field) + "abcde")) << field;
    for (const char* length : {"5 ", "5,5", "12345678", "five", ""})
        EXPECT_FALSE(kept(head(length)).match(head(length) + "abcde")) << length;
}

TEST(RepeatedHeader, is_kept_up_to_two_kibibytes) {
    const auto of_size = [](std::size_t size) {
        const std::size_t frame = head("1", "X: \r\n").size();
        return head("1", "X: " + std::string(size - frame, 'x') + "\r\n");
    };
    ASSERT_EQ(of_size(2048).size(), 2048u);
    EXPECT_TRUE(kept(of_size(2048)).match(of_size(2048) + "a"));
    EXPECT_FALSE(kept(of_size(2049)).match(of_size(2049) + "a"));
}

TEST(RepeatedHeader, is_the_last_one_that_was_kept) {
    RepeatedHeader header = kept(head("5"));
    header.keep("GET / HTTP/1.1\r\n\r\n");
    EXPECT_FALSE(header.match(head("5") + "abcde"));
    EXPECT_TRUE(header.match("GET / HTTP/1.1\r\n\r\n"));
    header.forget();
    EXPECT_FALSE(header.match("GET / HTTP/1.1\r\n\r\n"));
    EXPECT_FALSE(RepeatedHeader().match(""));
}

}  // namespace
}  // namespace agenthub

#include "mcp/header_value.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

TEST(HeaderValue, plain_text_is_itself_without_outer_blanks) {
    EXPECT_EQ(decode_header_value("echo"), "echo");
    EXPECT_EQ(decode_header_value(" \t a b\tc  "), "a b\tc");
    EXPECT_EQ(decode_header_value(""), "");
}

TEST(HeaderValue, wrapped_text_is_decoded) {
    EXPECT_EQ(decode_header_value("=?base64?SGVsbG8=?="), "Hello");
    EXPECT_EQ(decode_header_value("  =?base64?w6k=?= "), "é");
    EXPECT_EQ(decode_header_value("=?base64?"
                                  "?="),
              "");
}

TEST(HeaderValue, an_incomplete_wrapper_is_plain_text) {
    for (const char* text : {"SGVsbG8=", "=?base64?SGVsbG8=", "=?BASE64?SGVsbG8=?=", "=?base64?=", "SGVsbG8=?=",
                             "=?base64 ?SGVsbG8=?=", "x=?base64?SGVsbG8=?="})
        EXPECT_EQ(decode_header_value(text), text);
}

TEST(HeaderValue, wrong_contents_of_a_wrapper_are_refused) {
    for (const char* text : {"=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "=?base64?SGVsbG8==?=", "=?base64?_-==?=",
                             "=?base64?SGVs bG8=?=", "=?base64?/w==?=", "=?base64?SGVsbG9=?="})
        EXPECT_FALSE(decode_header_value(text)) << text;
}

TEST(HeaderValue, bytes_that_are_not_printable_are_refused) {
    for (const char* text : {"\xC3\xA9", "a\x01", "a\x7F", "a\nb"})
        EXPECT_FALSE(decode_header_value(text)) << text;
}

TEST(HeaderValue, is_wrapped_only_where_it_must_be) {
    EXPECT_EQ(encode_header_value("a b"), "a b");
    EXPECT_EQ(encode_header_value("=?base64?"), "=?base64?");
    EXPECT_EQ(encode_header_value("é"), "=?base64?w6k=?=");
    EXPECT_EQ(encode_header_value(""),
              "=?base64?"
              "?=");
    for (const char* text : {"", " a", "a ", "é", "a\nb", "=?base64?SGVsbG8=?=",
                             "=?base64?"
                             "?=",
                             "plain"})
        EXPECT_EQ(decode_header_value(encode_header_value(text)), text);
}

}  // namespace
}  // namespace agenthub::mcp

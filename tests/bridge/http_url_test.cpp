#include "bridge/http_url.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(HttpUrl, knows_host_port_and_path) {
    const HttpUrl plain = parse_http_url("http://example.com").value();
    EXPECT_EQ(plain.host, "example.com");
    EXPECT_EQ(plain.port, 80);
    EXPECT_FALSE(plain.tls);
    EXPECT_EQ(plain.authority(), "example.com");
    const HttpUrl secure = parse_http_url("HTTPS://example.com:8443/base/v1/").value();
    EXPECT_TRUE(secure.tls);
    EXPECT_EQ(secure.port, 8443);
    EXPECT_EQ(secure.path, "/base/v1");
    EXPECT_EQ(secure.text(), "https://example.com:8443");
    EXPECT_EQ(parse_http_url("https://example.com/").value().port, 443);
    EXPECT_EQ(parse_http_url("https://example.com/").value().path, "");
}

TEST(HttpUrl, knows_addresses_of_both_families) {
    const HttpUrl v6 = parse_http_url("http://[::1]:11434").value();
    EXPECT_EQ(v6.host, "::1");
    EXPECT_EQ(v6.port, 11434);
    EXPECT_EQ(v6.authority(), "[::1]:11434");
    EXPECT_EQ(parse_http_url("http://[::1]").value().authority(), "[::1]");
    EXPECT_EQ(parse_http_url("http://127.0.0.1:1").value().port, 1);
    EXPECT_EQ(parse_http_url("http://127.0.0.1:65535").value().port, 65535);
}

TEST(HttpUrl, knows_unix_sockets) {
    const HttpUrl url = parse_http_url("unix:/run/hub.sock").value();
    EXPECT_EQ(url.socket_path, "/run/hub.sock");
    EXPECT_EQ(url.authority(), "localhost");
    EXPECT_EQ(url.text(), "unix:/run/hub.sock");
}

TEST(HttpUrl, refuses_everything_else_and_says_why) {
    for (const char* text : {"",
                             "ollama",
                             "127.0.0.1:11434",
                             "ftp://host",
                             "http://",
                             "http://:80",
                             "http://host:",
                             "http://host:0",
                             "http://host:65536",
                             "http://host:8o",
                             "http://me:secret@host",
                             "http://host/?q=1",
                             "http://host/#x",
                             "http://ho st",
                             "http://host/a b",
                             "http://[::1",
                             "http://[]",
                             "http://[::1]x",
                             "http://host\r\nX: y",
                             "unix:",
                             "unix:relative",
                             "http://host/\x01"}) {
        const auto url = parse_http_url(text);
        ASSERT_FALSE(url.has_value()) << text;
        EXPECT_EQ(url.error().code, errc::invalid_params) << text;
        EXPECT_NE(url.error().message.find("http://HOST"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace agenthub

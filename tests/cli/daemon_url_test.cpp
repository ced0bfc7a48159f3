#include "cli/daemon_url.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using Scheme = DaemonUrl::Scheme;

Environment environment_with(std::optional<std::string> url) {
    Environment environment;
    environment.variable = [url](std::string_view name) {
        return name == "AGENTHUB_URL" ? url : std::optional<std::string>();
    };
    return environment;
}

TEST(DaemonUrl, http_and_https_with_their_default_ports) {
    const auto plain = parse_daemon_url("http://127.0.0.1:9090").value();
    EXPECT_EQ(plain.scheme, Scheme::http);
    EXPECT_EQ(plain.host, "127.0.0.1");
    EXPECT_EQ(plain.port, 9090);
    EXPECT_EQ(plain.prefix, "");
    EXPECT_EQ(plain.host_header(), "127.0.0.1:9090");
    EXPECT_EQ(parse_daemon_url("HTTP://localhost").value().port, 80);
    const auto secure = parse_daemon_url("https://hub.example/agenthub/").value();
    EXPECT_EQ(secure.scheme, Scheme::https);
    EXPECT_EQ(secure.port, 443);
    EXPECT_EQ(secure.prefix, "/agenthub");
}

TEST(DaemonUrl, an_address_without_scheme_is_http_on_our_port) {
    EXPECT_EQ(parse_daemon_url("localhost").value().port, 9090);
    EXPECT_EQ(parse_daemon_url("localhost:1234").value().port, 1234);
}

TEST(DaemonUrl, ipv6_keeps_its_brackets_in_the_host_header_only) {
    const auto url = parse_daemon_url("http://[::1]:9090").value();
    EXPECT_EQ(url.host, "::1");
    EXPECT_EQ(url.host_header(), "[::1]:9090");
}

TEST(DaemonUrl, unix_sockets_with_and_without_slashes) {
    for (const char* text : {"unix:/run/agenthub.sock", "unix:///run/agenthub.sock"}) {
        const auto url = parse_daemon_url(text).value();
        EXPECT_EQ(url.scheme, Scheme::unix_socket) << text;
        EXPECT_EQ(url.socket_path, "/run/agenthub.sock") << text;
        EXPECT_EQ(url.host_header(), "localhost") << text;
    }
}

TEST(DaemonUrl, a_socket_path_may_be_as_long_as_the_system_allows) {
    EXPECT_TRUE(parse_daemon_url("unix:/" + std::string(106, 'x')).has_value());
    EXPECT_TRUE(parse_daemon_url("unix:/" + std::string(107, 'x')).has_error());
}

TEST(DaemonUrl, refuses_what_is_no_address_and_says_what_is_allowed) {
    for (const char* text : {"", "http://", "ftp://host", "http://host:0", "http://host:65536", "http://host:x",
                             "http://user@host", "http://host/?a=b", "http://host/#a", "http://host/a b",
                             "unix:", "unix:relative", "unix://run/agenthub.sock"}) {
        const auto url = parse_daemon_url(text);
        ASSERT_TRUE(url.has_error()) << text;
        EXPECT_EQ(url.error().code, errc::invalid_config);
        EXPECT_NE(url.error().message.find("unix:/path"), std::string::npos) << url.error().message;
    }
}

TEST(DaemonUrl, the_option_wins_over_the_variable_over_the_default) {
    EXPECT_EQ(daemon_url("http://a:1", environment_with("http://b:2")).value().host, "a");
    EXPECT_EQ(daemon_url(std::nullopt, environment_with("http://b:2")).value().host, "b");
    EXPECT_EQ(daemon_url(std::nullopt, environment_with("")).value().text, "http://127.0.0.1:9090");
    EXPECT_EQ(daemon_url(std::nullopt, environment_with(std::nullopt)).value().text, "http://127.0.0.1:9090");
}

TEST(DaemonUrl, a_wrong_address_names_where_it_came_from) {
    EXPECT_TRUE(daemon_url("ftp://a", environment_with(std::nullopt)).error().message.starts_with("--url: 'ftp://a'"));
    EXPECT_TRUE(daemon_url(std::nullopt, environment_with("ftp://a")).error().message.starts_with("$AGENTHUB_URL: "));
}

TEST(DaemonUrl, path_segments_are_percent_encoded) {
    EXPECT_EQ(path_segment("a-b_c.d~1"), "a-b_c.d~1");
    EXPECT_EQ(path_segment("a/b ?\r\nü"), "a%2Fb%20%3F%0D%0A%C3%BC");
}

}  // namespace
}  // namespace agenthub

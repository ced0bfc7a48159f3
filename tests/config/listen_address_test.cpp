#include "config/listen_address.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(ListenAddress, every_form_comes_back_as_it_was_written) {
    for (const std::string text : {"127.0.0.1:9090", "0.0.0.0:0", "[::1]:65535", "[fe80::1%eth0]:80", "localhost:1",
                                   "my-host.example_1:8080", "unix:/run/agenthub/agenthub.sock"}) {
        const auto address = parse_listen_address(text);
        ASSERT_TRUE(address.has_value()) << text << ": " << address.error().message;
        EXPECT_EQ(address->text(), text);
    }
}

TEST(ListenAddress, fields_of_each_kind) {
    const auto v6 = parse_listen_address("[::1]:80");
    ASSERT_TRUE(v6.has_value());
    EXPECT_EQ(v6->kind, ListenAddress::Kind::tcp);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 80);
    const auto socket = parse_listen_address("unix:/a b");
    ASSERT_TRUE(socket.has_value());
    EXPECT_EQ(socket->kind, ListenAddress::Kind::unix_socket);
    EXPECT_EQ(socket->path, "/a b");
}

TEST(ListenAddress, refused_with_what_was_found_and_what_is_allowed) {
    for (const char* text : {"",
                             "9090",
                             ":9090",
                             "127.0.0.1",
                             "127.0.0.1:",
                             "127.0.0.1:65536",
                             "127.0.0.1:-1",
                             "127.0.0.1:+1",
                             "127.0.0.1:80x",
                             "127.0.0.1: 80",
                             "256.0.0.1:80",
                             "1.2.3:80",
                             "::1:80",
                             "[::1]",
                             "[::1]80",
                             "[::1:80",
                             "[127.0.0.1]:80",
                             "[]:80",
                             "a b:80",
                             "-a:80",
                             ".a:80",
                             "http://a:80",
                             "a/b:80",
                             "unix:",
                             "unix:relative",
                             "unix:/dir/"}) {
        const auto address = parse_listen_address(text);
        ASSERT_TRUE(address.has_error()) << text;
        EXPECT_EQ(address.error().code, errc::invalid_config);
        EXPECT_EQ(address.error().message.find("found \"" + std::string(text) + "\"; allowed: "), 0U)
            << address.error().message;
    }
}

TEST(ListenAddress, socket_path_at_the_limit_and_one_over) {
    EXPECT_TRUE(parse_listen_address("unix:/" + std::string(kMaxSocketPath - 1, 's')).has_value());
    const auto over = parse_listen_address("unix:/" + std::string(kMaxSocketPath, 's'));
    ASSERT_TRUE(over.has_error());
    EXPECT_NE(over.error().message.find("at most 107 bytes"), std::string::npos);
}

TEST(ListenAddress, host_name_at_the_limit_and_one_over) {
    EXPECT_TRUE(parse_host_port(std::string(253, 'h')).has_value());
    EXPECT_FALSE(parse_host_port(std::string(254, 'h')).has_value());
}

TEST(ListenAddress, local_means_this_machine_only) {
    for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "LocalHost:1", "unix:/s"})
        EXPECT_TRUE(parse_listen_address(text)->is_local()) << text;
    for (const char* text : {"0.0.0.0:1", "128.0.0.1:1", "[::]:1", "example.org:1"})
        EXPECT_FALSE(parse_listen_address(text)->is_local()) << text;
}

TEST(ListenAddress, host_with_and_without_port) {
    EXPECT_EQ(parse_host_port("example.org")->port, std::nullopt);
    EXPECT_EQ(parse_host_port("example.org:80")->port, 80);
    EXPECT_EQ(parse_host_port("[::1]")->host, "::1");
    EXPECT_FALSE(parse_host_port("example.org:"));
    EXPECT_FALSE(parse_host_port("::1"));
}

TEST(ListenAddress, ports) {
    EXPECT_EQ(parse_port("0"), 0);
    EXPECT_EQ(parse_port("65535"), 65535);
    for (const char* text : {"", "65536", "-1", " 1", "1 ", "0x1"})
        EXPECT_EQ(parse_port(text), std::nullopt) << text;
}

}  // namespace
}  // namespace agenthub

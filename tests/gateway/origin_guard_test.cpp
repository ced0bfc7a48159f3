#include "gateway/origin_guard.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <ostream>

namespace agenthub {
namespace {

constexpr std::uint16_t kPort = 9090;

ListenAddress tcp(std::string host) {
    ListenAddress address;
    address.host = std::move(host);
    address.port = kPort;
    return address;
}

OriginGuard guard() {
    return OriginGuard({tcp("127.0.0.1"), tcp("Hub.LAN")}, {"https://app.example.com", "http://dev.example.com:8080"},
                       {"proxy.example.com", "other.example.com:8443"});
}

bool allows_host(std::string_view host) {
    OriginGuard::Question question;
    question.host = host;
    question.port = kPort;
    return guard().check(question).has_value();
}

bool allows_origin(std::string_view origin) {
    OriginGuard::Question question;
    question.host = "127.0.0.1:9090";
    question.origin = origin;
    question.has_origin = true;
    question.port = kPort;
    return guard().check(question).has_value();
}

struct Row {
    std::string_view value;
    bool allowed;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << '"' << row.value << (row.allowed ? "\" is allowed" : "\" is refused");
}

class Hosts : public testing::TestWithParam<Row> {};

TEST_P(Hosts, are_known_names_or_plain_addresses) {
    EXPECT_EQ(allows_host(GetParam().value), GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Hosts,
    testing::Values(
        // What a user's own client sends.
        Row{"localhost", true}, Row{"localhost:9090", true}, Row{"LocalHost:9090", true}, Row{"127.0.0.1", true},
        Row{"127.0.0.1:9090", true}, Row{"127.0.0.1:1", true}, Row{"127.1.2.3:9090", true}, Row{"[::1]", true},
        Row{"[::1]:9090", true}, Row{"[0:0:0:0:0:0:0:1]:9090", true}, Row{"0.0.0.0:9090", true},
        // Addresses cannot be rebound.
        Row{"192.168.1.20:9090", true}, Row{"[fe80::1]:9090", true},
        // Names we listen on, and configured ones; with a port that one only.
        Row{"hub.lan", true}, Row{"HUB.lan:9090", true}, Row{"proxy.example.com", true},
        Row{"Proxy.Example.com:443", true}, Row{"other.example.com:8443", true}, Row{"other.example.com", false},
        Row{"other.example.com:9090", false},
        // DNS rebinding: the attacker's own name, however it is dressed up.
        Row{"evil.example.com", false}, Row{"evil.example.com:9090", false}, Row{"localhost.evil.com", false},
        Row{"127.0.0.1.evil.com", false}, Row{"127.0.0.1.nip.io:9090", false}, Row{"xlocalhost", false},
        Row{"localhost.", false}, Row{"hub.lan.", false}, Row{"127.0.0.1.", false},
        // Not hosts at all.
        Row{"", false}, Row{":9090", false}, Row{"127.0.0.1@evil.com", false}, Row{"user@127.0.0.1", false},
        Row{"127.0.0.1:9090@evil.com", false}, Row{"localhost:9090@evil.com", false}, Row{"localhost:", false},
        Row{"localhost:port", false}, Row{"localhost:99999", false}, Row{"localhost:-1", false}, Row{"[::1", false},
        Row{"[::1]evil.com", false}, Row{"[::1].evil.com:9090", false}, Row{"::1", false}, Row{"[]", false},
        Row{"[evil.com]:9090", false}, Row{"localhost/evil", false}, Row{"localhost, evil.com", false},
        Row{"127.1", false}, Row{"2130706433", false}, Row{"0x7f.0.0.1", false}, Row{"0177.0.0.1", false}));

class Origins : public testing::TestWithParam<Row> {};

TEST_P(Origins, are_our_own_pages_or_configured) {
    EXPECT_EQ(allows_origin(GetParam().value), GetParam().allowed);
    EXPECT_EQ(guard().allows_origin(GetParam().value, kPort), GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Origins,
    testing::Values(
        Row{"http://localhost:9090", true}, Row{"HTTP://LocalHost:9090", true}, Row{"http://127.0.0.1:9090", true},
        Row{"http://[::1]:9090", true}, Row{"https://app.example.com", true}, Row{"https://APP.example.com", true},
        Row{"http://dev.example.com:8080", true},
        // Another program's page on this machine is not ours.
        Row{"http://localhost:3000", false}, Row{"http://localhost", false}, Row{"http://127.0.0.1:80", false},
        Row{"https://localhost:9090", false}, Row{"ws://localhost:9090", false},
        // An address is a fine Host, but a page from there is not ours.
        Row{"http://192.168.1.20:9090", false}, Row{"http://0.0.0.0:9090", false},
        // Near misses of the configured ones.
        Row{"http://app.example.com", false}, Row{"https://app.example.com:8443", false},
        Row{"https://app.example.com.evil.com", false}, Row{"https://evil-app.example.com", false},
        Row{"http://dev.example.com", false}, Row{"https://app.example.com/", false},
        Row{"https://app.example.com, http://localhost:9090", false}, Row{"http://evil.example.com", false},
        Row{"http://evil.example.com:9090", false}, Row{"http://localhost.evil.com:9090", false},
        Row{"http://localhost:9090.evil.com", false}, Row{"http://localhost:9090@evil.com", false},
        Row{"http://evil@localhost:9090", false}, Row{"http://[::1]evil.com:9090", false},
        Row{"http://[::1].evil.com:9090", false}, Row{"http://localhost:9090/", false},
        Row{"http://localhost:09090x", false}, Row{"http://", false}, Row{"http://:9090", false}, Row{"null", false},
        Row{"", false}, Row{"file://", false}, Row{"chrome-extension://abcdef", false}));

TEST(OriginGuard, refuses_an_empty_origin_that_is_there) {
    OriginGuard::Question question;
    question.host = "localhost:9090";
    question.port = kPort;
    EXPECT_TRUE(guard().check(question).has_value()) << "absent is fine: no browser";
    question.has_origin = true;
    EXPECT_FALSE(guard().check(question).has_value());
}

TEST(OriginGuard, takes_the_default_port_of_http_for_an_origin_without_one) {
    EXPECT_TRUE(guard().allows_origin("http://localhost", 80));
    EXPECT_FALSE(guard().allows_origin("http://localhost", kPort));
    EXPECT_FALSE(guard().allows_origin("http://localhost:0", 0)) << "a Unix socket has no port";
}

TEST(OriginGuard, knows_this_machine_by_its_own_name) {
    std::array<char, 256> name{};
    ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
    EXPECT_TRUE(allows_host(std::string(name.data()) + ":9090"));
}

TEST(OriginGuard, asks_no_host_over_a_unix_socket_but_still_no_foreign_origin) {
    OriginGuard::Question question;
    question.over_unix = true;
    EXPECT_TRUE(guard().check(question).has_value());
    question.host = "anything";
    EXPECT_TRUE(guard().check(question).has_value());
    question.has_origin = true;
    question.origin = "http://evil.example.com";
    EXPECT_FALSE(guard().check(question).has_value());
}

TEST(OriginGuard, says_which_field_why_and_what_to_configure) {
    OriginGuard::Question question;
    question.host = "evil.example.com";
    const auto host = guard().check(question);
    ASSERT_FALSE(host.has_value());
    EXPECT_EQ(host.error().code, errc::invalid_request);
    EXPECT_NE(host.error().message.find("evil.example.com"), std::string::npos);
    EXPECT_NE(host.error().message.find("allowed_hosts"), std::string::npos);
    question.host = "localhost";
    question.has_origin = true;
    question.origin = "http://evil.example.com";
    const auto origin = guard().check(question);
    ASSERT_FALSE(origin.has_value());
    EXPECT_NE(origin.error().message.find("http://evil.example.com"), std::string::npos);
    EXPECT_NE(origin.error().message.find("allowed_origins"), std::string::npos);
}

TEST(OriginGuard, shows_only_the_beginning_of_an_endless_host) {
    const std::string endless(10'000, 'x');
    OriginGuard::Question question;
    question.host = endless;
    const auto refused = guard().check(question);
    ASSERT_FALSE(refused.has_value());
    EXPECT_LT(refused.error().message.size(), 400u);
}

}  // namespace
}  // namespace agenthub

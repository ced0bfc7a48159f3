#include "config/sections.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

struct Range {
    const char* path;  // "limits.body_bytes"
    std::string min, below, max, above, allowed;
};

std::string document(const std::string& path, const std::string& value) {
    const std::size_t dot = path.find('.');
    return "{\"" + path.substr(0, dot) + "\": {\"" + path.substr(dot + 1) + "\": " + value + "}}";
}

const std::string kBytes = "a whole number from 1024 to 1073741824";
const std::string kCount = "a whole number from 1 to 1000000";
const std::string kTime = "seconds as a number, or text as \"500ms\" or \"5m\", from ";

const Range kRanges[] = {
    {"limits.body_bytes", "1024", "1023", "1073741824", "1073741825", kBytes},
    {"limits.line_bytes", "1024", "1023", "1073741824", "1073741825", kBytes},
    {"limits.header_bytes", "1024", "1023", "1048576", "1048577", "a whole number from 1024 to 1048576"},
    {"limits.connections", "1", "0", "1000000", "1000001", kCount},
    {"limits.sessions", "1", "0", "1000000", "1000001", kCount},
    {"limits.pending_per_server", "1", "0", "1000000", "1000001", kCount},
    {"limits.session_idle", "1", "0.999", "31536000", "31536000.001", kTime + "1s to 31536000s"},
    {"limits.replay_bytes", "0", "-1", "1073741824", "1073741825", "a whole number from 0 to 1073741824"},
    {"limits.streams_per_session", "1", "0", "1024", "1025", "a whole number from 1 to 1024"},
    {"limits.poll_after", "0", "-1", "3600", "3600.001", kTime + "0s to 3600s"},
    {"limits.stream_queue_bytes", "1024", "1023", "1073741824", "1073741825", kBytes},
    {"limits.header_timeout", "0.1", "0.099", "3600", "3600.001", kTime + "100ms to 3600s"},
    {"limits.body_timeout", "0.1", "0.099", "3600", "3600.001", kTime + "100ms to 3600s"},
    {"limits.keep_alive", "0.1", "0.099", "3600", "3600.001", kTime + "100ms to 3600s"},
    {"limits.drain_timeout", "0", "-1", "3600", "3600.001", kTime + "0s to 3600s"},
    {"activity.queue", "1", "0", "16777216", "16777217", "a whole number from 1 to 16777216"},
    {"activity.batch_ms", "1", "0", "60000", "60001", "a whole number from 1 to 60000"},
    {"activity.retention_days", "1", "0", "36500", "36501", "a whole number from 1 to 36500"},
    {"audit.queue", "2", "1", "1000000", "1000001", "a whole number from 2 to 1000000"},
    {"audit.alerts", "1", "0", "100000", "100001", "a whole number from 1 to 100000"},
    {"activity.max_bytes", "1048576", "1048575", "1099511627776", "1099511627777",
     "a whole number from 1048576 to 1099511627776"},
};

TEST(Sections, every_range_at_its_ends_and_one_beyond) {
    for (const Range& range : kRanges) {
        EXPECT_EQ(faults_of(document(range.path, range.min)), std::vector<std::string>{}) << range.path;
        EXPECT_EQ(faults_of(document(range.path, range.max)), std::vector<std::string>{}) << range.path;
        for (const std::string& value : {range.below, range.above})
            EXPECT_EQ(faults_of(document(range.path, value)),
                      one(std::string(range.path) + ": found " + value + "; allowed: " + range.allowed));
    }
}

TEST(Sections, numbers_no_machine_word_holds_are_refused) {
    for (const char* value : {"9223372036854775808", "18446744073709551615", "-9223372036854775809", "1e300", "1024.5"})
        EXPECT_EQ(faults_of(document("limits.body_bytes", value)).size(), 1U) << value;
    for (const char* value : {"1e300", "-1e300", "18446744073709551615"})
        EXPECT_EQ(faults_of(document("limits.keep_alive", value)).size(), 1U) << value;
}

TEST(Sections, every_limit_reaches_its_field) {
    const Limits limits = parsed(R"({"limits": {"body_bytes": 2001, "line_bytes": 2002, "header_bytes": 2003,
        "connections": 4, "sessions": 5, "pending_per_server": 6, "session_idle": 7, "replay_bytes": 8,
        "streams_per_session": 9, "stream_queue_bytes": 2010, "header_timeout": 11, "body_timeout": "12s",
        "keep_alive": "13000ms", "drain_timeout": "1.5", "poll_after": "16ms"}})")
                              .limits;
    Limits expected;
    expected.body_bytes = 2001;
    expected.line_bytes = 2002;
    expected.header_bytes = 2003;
    expected.connections = 4;
    expected.sessions = 5;
    expected.pending_per_server = 6;
    expected.session_idle = 7s;
    expected.replay_bytes = 8;
    expected.streams_per_session = 9;
    expected.stream_queue_bytes = 2010;
    expected.header_timeout = 11s;
    expected.body_timeout = 12s;
    expected.keep_alive = 13s;
    expected.drain_timeout = 1500ms;
    expected.poll_after = 16ms;
    EXPECT_EQ(limits, expected);
}

TEST(Sections, activity_and_log_reach_their_fields) {
    const Config config = parsed(R"({"activity": {"queue": 2, "batch_ms": 3, "retention_days": 4, "max_bytes": 2000000,
                                                   "mode": "strict"},
                                     "log": {"level": "trace", "format": "json"}})");
    ActivityConfig expected;
    expected.queue = 2;
    expected.batch_ms = 3ms;
    expected.retention_days = 4;
    expected.max_bytes = 2000000;
    expected.strict = true;
    EXPECT_EQ(config.activity, expected);
    EXPECT_FALSE(parsed(R"({"activity": {"mode": "relaxed"}})").activity.strict);
    EXPECT_TRUE(parsed(R"({"activity": {"mode": "off"}})").activity.off);
    EXPECT_EQ(config.log.level, "trace");
    EXPECT_EQ(config.log.format, "json");
    for (const char* level : {"trace", "debug", "info", "warn", "error", "off"})
        EXPECT_EQ(parsed("{\"log\": {\"level\": \"" + std::string(level) + "\"}}").log.level, level);
}

TEST(Sections, wrong_types_and_values_name_path_value_and_what_is_allowed) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"limits": []})", "limits: found a list; allowed: an object"},
        {R"({"limits": {"body_bytes": "1k"}})",
         "limits.body_bytes: found \"1k\"; allowed: a whole number from 1024 to 1073741824"},
        {R"({"limits": {"connections": null}})",
         "limits.connections: found null; allowed: a whole number from 1 to 1000000"},
        {R"({"limits": {"keep_alive": "soon"}})",
         "limits.keep_alive: found \"soon\"; allowed: seconds as a number, or text as \"500ms\" or \"5m\", from 100ms "
         "to 3600s"},
        {R"({"limits": {"keep_alive": {}}})",
         "limits.keep_alive: found an object; allowed: seconds as a number, or text as \"500ms\" or \"5m\", from 100ms "
         "to 3600s"},
        {R"({"activity": 1})", "activity: found 1; allowed: an object"},
        {R"({"activity": {"batch_ms": "50ms"}})",
         "activity.batch_ms: found \"50ms\"; allowed: a whole number from 1 to 60000"},
        {R"({"activity": {"mode": "loose"}})",
         "activity.mode: found \"loose\"; allowed: \"relaxed\", \"strict\", \"off\""},
        {R"({"log": "debug"})", "log: found \"debug\"; allowed: an object"},
        {R"({"log": {"level": "loud"}})",
         "log.level: found \"loud\"; allowed: \"trace\", \"debug\", \"info\", \"warn\", \"error\", \"off\""},
        {R"({"log": {"format": true}})", "log.format: found true; allowed: \"text\", \"json\""},
        {R"({"state_dir": 5})", "state_dir: found 5; allowed: a string"},
        {R"({"state_dir": "state"})", "state_dir: found \"state\"; allowed: an absolute path"},
        {R"({"listen": 9090})", "listen: found 9090; allowed: a string"},
        {R"({"listen": []})", "listen: found an empty list; allowed: at least one address"},
        {R"({"listen": ["127.0.0.1:1", 2]})", "listen[1]: found 2; allowed: a string"},
        {R"({"listen": ["127.0.0.1:1", "127.0.0.1:1"]})",
         "listen[1]: found \"127.0.0.1:1\" a second time; allowed: each address once"},
        {R"({"listen": "9090"})",
         "listen: found \"9090\"; allowed: \"host:port\", \"[IPv6]:port\" or \"unix:/absolute/path\", the port from 0 "
         "to 65535"},
        {R"({"allowed_origins": "https://a"})", "allowed_origins: found a string; allowed: a list of strings"},
        {R"({"allowed_origins": ["https://a", 1]})", "allowed_origins[1]: found 1; allowed: a string"},
        {R"({"allowed_origins": ["https://a/"]})",
         "allowed_origins[0]: found \"https://a/\"; allowed: an origin as \"https://host\" or \"http://host:port\", "
         "without a path"},
        {R"({"allowed_origins": ["*"]})",
         "allowed_origins[0]: found \"*\"; allowed: an origin as \"https://host\" or \"http://host:port\", without a "
         "path"},
        {R"({"allowed_hosts": ["http://a"]})",
         "allowed_hosts[0]: found \"http://a\"; allowed: a host as \"name\" or \"name:port\""},
        {R"({"allowed_hosts": ["a:99999"]})",
         "allowed_hosts[0]: found \"a:99999\"; allowed: a host as \"name\" or \"name:port\""},
    };
    for (const auto& [text, fault] : cases)
        EXPECT_EQ(faults_of(text), one(fault)) << text;
}

TEST(Sections, all_faults_are_told_at_once) {
    EXPECT_EQ(
        faults_of(R"({"log": {"level": 1}, "limits": {"sessions": 0, "connections": 0}, "state_dir": "x"})").size(),
        4U);
}

TEST(Sections, origins_and_hosts_are_kept_in_lower_case) {
    const Config config =
        parsed(R"({"allowed_origins": ["HTTPS://Example.org:8443", "vscode-webview://abc", "http://[::1]:3000"],
                                     "allowed_hosts": ["Hub.Example.org", "[::1]:9090"]})");
    EXPECT_EQ(config.allowed_origins,
              (std::vector<std::string>{"https://example.org:8443", "vscode-webview://abc", "http://[::1]:3000"}));
    EXPECT_EQ(config.allowed_hosts, (std::vector<std::string>{"hub.example.org", "[::1]:9090"}));
}

std::vector<std::string> listen_of(std::string_view text, const Texts& variables) {
    std::vector<std::string> out;
    for (const ListenAddress& address : parsed(text, fixed_environment(variables)).listen)
        out.push_back(address.text());
    return out;
}

TEST(Sections, listen_is_one_address_or_a_list) {
    EXPECT_EQ(listen_of(R"({"listen": "127.0.0.1:1"})", {}), one("127.0.0.1:1"));
    EXPECT_EQ(listen_of(R"({"listen": ["[::1]:2", "unix:/run/a.sock"]})", {}),
              (std::vector<std::string>{"[::1]:2", "unix:/run/a.sock"}));
}

TEST(Sections, listen_defaults_come_from_host_and_port) {
    EXPECT_EQ(listen_of("", {}), one("127.0.0.1:9090"));
    EXPECT_EQ(listen_of("", {{"PORT", "8080"}}), one("127.0.0.1:8080"));
    EXPECT_EQ(listen_of("", {{"HOST", "::1"}}), one("[::1]:9090"));
    EXPECT_EQ(listen_of("", {{"HOST", "[::1]"}, {"PORT", "0"}}), one("[::1]:0"));
    EXPECT_EQ(listen_of("", {{"HOST", ""}, {"PORT", ""}}), one("127.0.0.1:9090"));
    EXPECT_EQ(listen_of(R"({"listen": "127.0.0.1:1"})", {{"HOST", "bad host"}, {"PORT", "x"}}), one("127.0.0.1:1"))
        << "what the file says needs no default";
}

TEST(Sections, bad_host_and_port_are_faults) {
    EXPECT_EQ(faults_of("", fixed_environment({{"HOST", "a:1"}, {"PORT", "65536"}})),
              (std::vector<std::string>{"$HOST: found \"a:1\"; allowed: an IP address or a host name",
                                        "$PORT: found \"65536\"; allowed: a port from 0 to 65535"}));
    EXPECT_EQ(faults_of("", fixed_environment({{"HOST", "a b"}})).size(), 1U);
}

TEST(Sections, an_address_for_other_machines_is_a_warning) {
    EXPECT_EQ(texts_of(parsed(R"({"listen": ["127.0.0.1:1", "0.0.0.0:2"]})").warnings),
              one("listen: 0.0.0.0:2 can be reached from other machines: whoever reaches it can use every server; "
                  "127.0.0.1 serves this machine only"));
}

}  // namespace
}  // namespace agenthub

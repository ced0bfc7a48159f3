#include "cli/status_table.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

using nlohmann::json;

// The line of `page` that starts with `start`.
std::string line_of(const std::string& page, const std::string& start) {
    const std::size_t at = page.find("\n" + start);
    return at == std::string::npos ? "no such line in:\n" + page
                                   : page.substr(at + 1, page.find('\n', at + 1) - at - 1);
}

TEST(StatusTable, columns_are_as_wide_as_their_widest_cell) {
    EXPECT_EQ(aligned({{"A", "B", "C"}, {"long", "ü", "x"}, {"s", "two", ""}}),
              "A     B    C\n"
              "long  ü    x\n"
              "s     two  \n");
    EXPECT_EQ(aligned({}), "");
}

TEST(StatusTable, the_page_of_a_daemon_at_work) {
    const json health = json::parse(R"({
        "status":"healthy","version":"0.1.0","uptime_seconds":11580,
        "services":{"router":"up","ollama":"unknown","cache":{"status":"disabled","hit_rate":0,"size":0},
                    "activity":{"recorded":12,"committed":10,"dropped":0,"queued":2,"last_error":null}},
        "servers":{"total":2,"running":1,"stopped":0,"failed":1,"servers":{
            "files":{"status":"running","pid":4711,"restart_count":1,"calls":5,"errors":2,"p50_ms":0.4213,"p99_ms":250.7,"last_error":null},
            "broken":{"status":"failed","pid":null,"restart_count":3,"calls":0,"errors":0,"p50_ms":null,"p99_ms":null,
                      "last_error":"exited with 127:\nnpx: not found","last_error_code":"AH-205"}}},
        "details":{"loop":{"lag_ms":0.091,"max_lag_ms":12.44,"tasks":31},
                   "daemon":{"descriptors":40,"cpu_seconds":1.25,"rss_bytes":47400000},
                   "processes":{"expected":2,"found":3},
                   "servers":{"files":{"processes":4,"cpu_seconds":0.31,"rss_bytes":1234567890}}}})");
    const json servers = json::parse(R"([{"name":"files","status":"running"},{"name":"broken","status":"failed"}])");
    EXPECT_EQ(status_page("http://127.0.0.1:9090", health, servers),
              "AgentHub 0.1.0 at http://127.0.0.1:9090: healthy, up 3 h 13 min\n"
              "services: cache disabled, ollama unknown, router up\n"
              "activity: 12 recorded, 10 committed, 0 dropped, 2 queued\n"
              "loop: lag 0.09 ms, at most 12.4 ms; 31 tasks\n"
              "daemon: 47 MB, 1.2 s CPU, 40 descriptors\n"
              "processes: 2 expected, 3 found\n"
              "servers: 2 total, 1 running, 0 stopped, 1 failed\n"
              "\n"
              "SERVER  STATE    PID   RESTARTS  CALLS  ERRORS  P50 MS  P99 MS  CPU S  MEMORY  LAST ERROR\n"
              "files   running  4711  1         5      2       0.42    251     0.3    1.2 GB  -\n"
              "broken  failed   -     3         0      0       -       -       -      -       AH-205 exited with 127: "
              "npx: not found\n");
}

TEST(StatusTable, what_is_missing_is_a_dash) {
    const std::string page = status_page("u", json::object(), json());
    EXPECT_EQ(page,
              "AgentHub - at u: -, up -\n"
              "services: -\n"
              "activity: - recorded, - committed, - dropped, - queued\n"
              "loop: lag - ms, at most - ms; - tasks\n"
              "daemon: -, - s CPU, - descriptors\n"
              "processes: - expected, - found\n"
              "servers: - total, - running, - stopped, - failed\n"
              "\n"
              "no servers are configured\n");
}

TEST(StatusTable, members_of_another_kind_do_no_harm) {
    const json health = json::parse(R"({"status":[1],"uptime_seconds":"x","services":[1],
                                        "servers":{"servers":{"a":7,"b":{"pid":{},"p50_ms":"x"}}}})");
    const std::string page = status_page("u", health, json::parse(R"([5,{"name":3},{"name":"c"}])"));
    EXPECT_EQ(line_of(page, "a "), "a       -      -    -         -      -       -       -       -      -       -");
    EXPECT_EQ(line_of(page, "b "), "b       -      -    -         -      -       -       -       -      -       -");
    EXPECT_EQ(line_of(page, "c "), "c       -      -    -         -      -       -       -       -      -       -");
}

TEST(StatusTable, servers_only_one_document_knows_are_shown_too) {
    const json health = json::parse(R"({"servers":{"servers":{"b":{"status":"running"}}}})");
    const json servers = json::parse(R"([{"name":"a","status":"stopped","pid":null,"restart_count":4}])");
    const std::string page = status_page("u", health, servers);
    EXPECT_TRUE(line_of(page, "a ").starts_with("a       stopped  -    4 ")) << page;
    EXPECT_TRUE(line_of(page, "b ").starts_with("b       running  -    - ")) << page;
    EXPECT_LT(page.find("\na "), page.find("\nb "));
}

TEST(StatusTable, a_long_error_is_cut_and_never_steers_the_terminal) {
    json health;
    health["servers"]["servers"]["a"]["last_error"] = "\x1B[31m" + std::string(95, 'x');
    EXPECT_TRUE(status_page("u", health, json()).ends_with(" [31m" + std::string(95, 'x') + "\n"));
    health["servers"]["servers"]["a"]["last_error"] = "\x1B[31m" + std::string(96, 'x');
    EXPECT_TRUE(status_page("u", health, json()).ends_with(" [31m" + std::string(95, 'x') + "…\n"));
}

TEST(StatusTable, memory_has_the_unit_that_suits_it) {
    const auto memory = [](double bytes) {
        json health;
        health["details"]["daemon"]["rss_bytes"] = bytes;
        const std::string line = line_of(status_page("u", health, json()), "daemon");
        return line.substr(8, line.find(',') - 8);
    };
    EXPECT_EQ(memory(0), "0.0 kB");
    EXPECT_EQ(memory(9'940), "9.9 kB");
    EXPECT_EQ(memory(9'950), "10 kB");
    EXPECT_EQ(memory(999'499), "999 kB");
    EXPECT_EQ(memory(999'500), "1.0 MB");
    EXPECT_EQ(memory(1'500'000'000), "1.5 GB");
    EXPECT_EQ(memory(1e15), "1000 TB");
    EXPECT_EQ(memory(-1), "-");
}

TEST(StatusTable, an_activity_that_fails_says_so) {
    json health;
    health["services"]["activity"] = {{"recorded", 1}, {"last_error", "disk full"}};
    EXPECT_EQ(line_of(status_page("u", health, json()), "activity"),
              "activity: 1 recorded, - committed, - dropped, - queued; last error: disk full");
}

TEST(StatusTable, times_have_the_precision_they_are_worth) {
    const auto up = [](double seconds) {
        const std::string page = status_page("u", json{{"uptime_seconds", seconds}}, json());
        return page.substr(0, page.find('\n')).substr(std::string("AgentHub - at u: -, up ").size());
    };
    EXPECT_EQ(up(0), "0 s");
    EXPECT_EQ(up(59.9), "59 s");
    EXPECT_EQ(up(60), "1 min");
    EXPECT_EQ(up(3600), "1 h 0 min");
    EXPECT_EQ(up(90000), "1 d 1 h");
    EXPECT_EQ(up(-1), "-");
    EXPECT_EQ(up(1e300), "-");
}

}  // namespace
}  // namespace agenthub

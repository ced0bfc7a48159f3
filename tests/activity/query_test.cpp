#include "activity/query.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

ActivityEntry entry() {
    ActivityEntry e;
    e.node = "host";
    e.epoch = 12;
    e.sequence = 34;
    e.unix_ms = 1'785'000'000'123;
    e.request_id = "rid";
    e.client_id = "cid";
    e.client_ip = "127.0.0.1";
    e.http_method = "POST";
    e.path = "/mcp/x";
    e.http_status = 200;
    e.mcp_method = "tools/call";
    e.server = "x";
    e.tool = "echo";
    e.session = "s";
    e.outcome = "tool_error";
    e.error_code = -32000;
    e.error_text = "say \"no\"";
    e.duration_us = 1'234'567;
    e.queue_us = 1500;
    e.server_us = 2;
    e.bytes_in = 10;
    e.bytes_out = 20;
    return e;
}

TEST(ActivityJson, an_entry_has_every_key) {
    std::string out;
    append_json(out, entry());
    EXPECT_EQ(
        out,
        R"({"id":"host/12/34","timestamp":"2026-07-25T17:20:00.123Z","method":"POST","path":"/mcp/x","status":200,)"
        R"("duration":1.234567,"duration_ms":1234.567,"client_id":"cid","client_ip":"127.0.0.1",)"
        R"("request_id":"rid","mcp_method":"tools/call","server":"x","tool":"echo","session":"s",)"
        R"("outcome":"tool_error","error_code":-32000,"error":"say \"no\"","queue_ms":1.5,"server_ms":0.002,)"
        R"("bytes_in":10,"bytes_out":20})");
}

TEST(ActivityJson, invalid_utf8_becomes_valid_json) {
    ActivityEntry e = entry();
    e.path = "/\xff\x01";
    std::string out;
    append_json(out, e);
    EXPECT_NE(out.find("\"path\":\"/\xEF\xBF\xBD\\u0001\""), std::string::npos);
}

TEST(ActivityJson, a_page_lists_its_entries) {
    ActivityPage page;
    page.total = 7;
    page.limit = 2;
    page.offset = 1;
    std::string out;
    append_json(out, page);
    EXPECT_EQ(out, R"({"total":7,"limit":2,"offset":1,"entries":[]})");
    page.entries = {entry(), entry()};
    out.clear();
    append_json(out, page);
    EXPECT_NE(out.find("},{\"id\":\"host/12/34\""), std::string::npos);
    EXPECT_TRUE(out.ends_with("20}]}"));
}

TEST(ActivityJson, a_total_that_is_only_a_lower_bound_says_so) {
    ActivityPage page;
    page.total = kMaxErrorTotal;
    page.total_exact = false;
    std::string out;
    append_json(out, page);
    EXPECT_EQ(out, R"({"total":2000,"total_exact":false,"limit":0,"offset":0,"entries":[]})");
}

TEST(ActivityJson, statistics_are_two_objects) {
    ActivityStats stats;
    stats.total_entries = 3;
    stats.by_method = {{"GET", 1}, {"POST", 2}};
    stats.by_status = {{200, 2}, {404, 1}};
    std::string out;
    append_json(out, stats);
    EXPECT_EQ(out, R"({"total_entries":3,"by_method":{"GET":1,"POST":2},"by_status":{"200":2,"404":1}})");
}

}  // namespace
}  // namespace agenthub

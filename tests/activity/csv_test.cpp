#include "activity/csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace agenthub {
namespace {

std::string line_of(const std::string& client) {
    ActivityEntry e;
    e.node = "host";
    e.epoch = 1;
    e.sequence = 2;
    e.unix_ms = 1'785'000'000'123;
    e.http_method = "POST";
    e.path = "/mcp/x";
    e.http_status = 200;
    e.duration_us = 1500;
    e.client_id = client;
    e.outcome = "ok";
    std::string out;
    append_csv(out, e);
    return out;
}

std::string client_in(const std::string& client) {
    const std::string line = line_of(client);
    const std::string before = "host/1/2,2026-07-25T17:20:00.123Z,POST,/mcp/x,200,1.5,";
    EXPECT_TRUE(line.starts_with(before)) << line;
    const std::string after = ",,,,,,,ok,0,,0,0,0,0\r\n";
    EXPECT_TRUE(line.ends_with(after)) << line;
    return line.substr(before.size(), line.size() - before.size() - after.size());
}

TEST(Csv, has_as_many_columns_as_its_header) {
    const std::string header(csv_header());
    const std::string line = line_of("c");
    EXPECT_EQ(std::count(header.begin(), header.end(), ','), std::count(line.begin(), line.end(), ','));
    EXPECT_TRUE(header.ends_with("\r\n"));
}

TEST(Csv, quotes_what_needs_it) {
    EXPECT_EQ(client_in("plain"), "plain");
    EXPECT_EQ(client_in("a,b"), "\"a,b\"");
    EXPECT_EQ(client_in("say \"no\""), "\"say \"\"no\"\"\"");
    EXPECT_EQ(client_in("two\r\nlines"), "\"two\r\nlines\"");
}

TEST(Csv, disarms_what_a_spreadsheet_takes_for_a_formula) {
    EXPECT_EQ(client_in("=1+1"), "\"'=1+1\"");
    EXPECT_EQ(client_in("+1"), "\"'+1\"");
    EXPECT_EQ(client_in("-1"), "\"'-1\"");
    EXPECT_EQ(client_in("@SUM(A1)"), "\"'@SUM(A1)\"");
    EXPECT_EQ(client_in("\tx"), "\"'\tx\"");
    EXPECT_EQ(client_in("a=1"), "a=1");
}

}  // namespace
}  // namespace agenthub

#include "audit/alerts.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

Alert alert(AlertSeverity severity, std::string type = "t") {
    Alert out;
    out.unix_ms = 1785000000123;
    out.severity = severity;
    out.type = std::move(type);
    out.description = "said \"so\"";
    out.details.emplace_back("action", "server.start");
    out.client_id = "anna";
    out.client_ip = "127.0.0.1";
    return out;
}

TEST(AlertBook, keeps_the_newest_and_goes_on_numbering) {
    AlertBook book(3);
    for (int i = 0; i < 4; ++i)
        book.add(alert(AlertSeverity::info));
    EXPECT_EQ(book.size(), 3U);
    EXPECT_EQ(book.raised(), 4);
    const auto newest = book.newest(10, std::nullopt);
    ASSERT_EQ(newest.size(), 3U);
    EXPECT_EQ(newest[0]->id, 4);
    EXPECT_EQ(newest[2]->id, 2);
}

TEST(AlertBook, finds_by_severity_and_counts) {
    AlertBook book(10);
    book.add(alert(AlertSeverity::info, "a"));
    book.add(alert(AlertSeverity::critical, "b"));
    book.add(alert(AlertSeverity::info, "b"));
    EXPECT_EQ(book.newest(10, AlertSeverity::info).size(), 2U);
    EXPECT_EQ(book.newest(1, AlertSeverity::info).size(), 1U);
    EXPECT_EQ(book.newest(10, AlertSeverity::warning).size(), 0U);
    EXPECT_EQ(alert_stats_document(book),
              R"({"total_alerts":3,"by_severity":{"info":2,"warning":0,"critical":1},"by_type":{"a":1,"b":2}})");
}

TEST(AlertBook, documents_have_the_keys_of_the_prototype) {
    AlertBook book(10);
    EXPECT_EQ(alerts_document(book, 50, std::nullopt), R"({"total":0,"alerts":[]})");
    book.add(alert(AlertSeverity::warning));
    EXPECT_EQ(alerts_document(book, 50, std::nullopt),
              R"({"total":1,"alerts":[{"id":1,"timestamp":"2026-07-25T17:20:00.123Z","severity":"warning",)"
              R"("alert_type":"t","description":"said \"so\"","details":{"action":"server.start"},"client_id":"anna",)"
              R"("client_ip":"127.0.0.1"}]})");
}

TEST(AlertSeverity, is_read_as_it_is_written) {
    for (const AlertSeverity severity : kAlertSeverities)
        EXPECT_EQ(read_severity(to_string(severity)), severity);
    EXPECT_FALSE(read_severity("fatal").has_value());
}

}  // namespace
}  // namespace agenthub

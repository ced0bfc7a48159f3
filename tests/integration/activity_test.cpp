// One row per request and call, whatever the database is going through.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

class Activity : public ::testing::Test {
protected:
    Activity() : daemon_(hostile_config()), client_(daemon_.port()), http_("127.0.0.1", daemon_.port()) {}

    nlohmann::json page(const std::string& query) {
        const auto reply = http_.Get("/audit/activity?" + query);
        return reply && reply->status == 200 ? nlohmann::json::parse(reply->body) : nlohmann::json::object();
    }
    // Waits until exactly `total` rows match, and returns the page.
    nlohmann::json wait_for(const std::string& query, int total) {
        EXPECT_TRUE(wait_until([&] { return page(query).value("total", -1) == total; })) << query << page(query);
        return page(query);
    }

    Daemon daemon_;
    McpClient client_;
    httplib::Client http_;
};

TEST_F(Activity, a_call_becomes_a_row_with_everything_known) {
    client_.headers.emplace("X-Client-ID", "t1");
    client_.initialize();
    const Reply reply = client_.call("echo", {{"text", "x"}});
    const auto row = wait_for("client_id=t1&tool=echo", 1)["entries"][0];
    EXPECT_EQ(row["request_id"], reply.header("X-Request-ID"));
    EXPECT_EQ(row["method"], "POST");
    EXPECT_EQ(row["path"], "/mcp/hostile");
    EXPECT_EQ(row["status"], 200);
    EXPECT_EQ(row["mcp_method"], "tools/call");
    EXPECT_EQ(row["server"], "hostile");
    EXPECT_EQ(row["session"], client_.session_id.substr(0, 10)) << "not the whole id: others read this";
    EXPECT_EQ(row["outcome"], "ok");
    EXPECT_EQ(row["client_ip"], "127.0.0.1");
    EXPECT_GT(row["duration"], 0.0);
    EXPECT_GE(row["duration_ms"], row["server_ms"]);
    EXPECT_EQ(row["bytes_out"], reply.body.size());
}

TEST_F(Activity, outcomes_tell_failures_apart) {
    client_.initialize();
    client_.call("tool_error");
    client_.call("error", {{"code", -32099}});
    client_.call("die");
    wait_for("outcome=tool_error", 1);
    EXPECT_EQ(wait_for("outcome=error", 1)["entries"][0]["error_code"], -32099);
    EXPECT_EQ(wait_for("outcome=failed", 1)["entries"][0]["tool"], "die");
    http_.Get("/nothing");
    wait_for("outcome=refused&status_min=404&status_max=404", 1);
}

TEST_F(Activity, the_client_is_its_header_else_its_name) {
    client_.initialize("2025-11-25", nlohmann::json::object(), "my-editor");
    client_.call("echo");
    EXPECT_EQ(wait_for("tool=echo", 1)["entries"][0]["client_id"], "my-editor");
    McpClient named(daemon_.port());
    named.headers.emplace("X-Client-Name", "by-name");
    named.initialize();
    named.call("big", {{"n", 1}});
    EXPECT_EQ(wait_for("tool=big", 1)["entries"][0]["client_id"], "by-name");
}

TEST_F(Activity, pages_limits_statistics_and_cleaning) {
    client_.initialize();
    for (int i = 0; i < 7; ++i)
        client_.call("echo");
    const auto first = wait_for("tool=echo&limit=4", 7);
    EXPECT_EQ(first["entries"].size(), 4U);
    const auto second = page("tool=echo&limit=4&offset=4");
    EXPECT_EQ(second["entries"].size(), 3U);
    EXPECT_NE(first["entries"][3]["id"], second["entries"][0]["id"]);
    EXPECT_EQ(page("limit=5000")["limit"], 1000);
    EXPECT_EQ(http_.Get("/audit/activity?limit=many")->status, 422);
    const auto stats = nlohmann::json::parse(http_.Get("/audit/activity/stats")->body);
    std::int64_t sum = 0;
    for (const auto& [method, count] : stats["by_method"].items())
        sum += count.get<std::int64_t>();
    EXPECT_EQ(sum, stats["total_entries"]);
    EXPECT_EQ(http_.Post("/audit/activity/cleanup?days=0")->status, 400);
    EXPECT_EQ(nlohmann::json::parse(http_.Post("/audit/activity/cleanup?days=1")->body)["deleted"], 0);
    EXPECT_EQ(http_.Delete("/audit/activity")->status, 200);
    EXPECT_EQ(page("tool=echo").value("total", -1), 0);
}

TEST_F(Activity, every_answer_names_its_request) {
    for (const char* path : {"/livez", "/health", "/nothing", "/servers/none"}) {
        const auto reply = http_.Get(path);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->get_header_value("X-Request-ID").size(), 36U) << path;
    }
}

TEST_F(Activity, a_database_locked_by_somebody_else_delays_rows_and_nothing_more) {
    client_.initialize();
    wait_for("server=hostile&method=POST", 2);  // initialize and its notification
    SQLite::Database other(daemon_.state_dir() + "/activity.db", SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(client_.call("echo").status, 200);
    for (int i = 0; i < 20; ++i) {
        const auto began = std::chrono::steady_clock::now();
        EXPECT_EQ(http_.Get("/health")->status, 200);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(250));
    }
    other.exec("COMMIT");
    wait_for("tool=echo", 100);
}

TEST_F(Activity, rows_survive_the_end_of_the_daemon) {
    client_.initialize();
    for (int i = 0; i < 20; ++i)
        client_.call("echo");
    EXPECT_EQ(daemon_.stop(), 0);
    SQLite::Database database(daemon_.state_dir() + "/activity.db", SQLite::OPEN_READONLY);
    EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

}  // namespace
}  // namespace agenthub::test

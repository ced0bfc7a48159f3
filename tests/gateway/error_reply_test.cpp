#include "gateway/error_reply.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "mcp/message.hpp"

namespace agenthub {

void PrintTo(errc code, std::ostream* out) {
    *out << to_string(code);
}

namespace {

using nlohmann::json;

struct Row {
    errc code;
    unsigned status;
    int rpc_code;
    std::string_view retry;
};

// The whole of errc, in its order.
constexpr Row kRows[] = {
    {errc::parse_error, 400, -32700, "no"},
    {errc::invalid_request, 400, -32600, "no"},
    {errc::method_not_found, 200, -32601, "no"},
    {errc::invalid_params, 200, -32602, "no"},
    {errc::too_large, 413, -32603, "no"},
    {errc::unsupported, 400, -32600, "no"},
    {errc::forbidden, 403, -32600, "no"},
    {errc::hook_refused, 403, -32600, "no"},
    {errc::server_unknown, 404, -32600, "safe"},
    {errc::server_disabled, 503, -32603, "safe"},
    {errc::server_stopped, 503, -32603, "safe"},
    {errc::start_failed, 503, -32603, "safe"},
    {errc::start_exited, 503, -32603, "safe"},
    {errc::start_refused, 503, -32603, "safe"},
    {errc::start_timeout, 503, -32603, "safe"},
    {errc::upstream_unreachable, 502, -32603, "safe"},
    {errc::model_unknown, 404, -32603, "safe"},
    {errc::busy, 503, -32603, "later"},
    {errc::breaker_open, 503, -32603, "later"},
    {errc::unrecorded, 503, -32603, "later"},
    {errc::server_exited, 502, -32603, "unknown"},
    {errc::server_unhealthy, 502, -32603, "unknown"},
    {errc::server_out_of_memory, 502, -32603, "unknown"},
    {errc::call_timeout, 504, -32603, "unknown"},
    {errc::write_failed, 502, -32603, "unknown"},
    {errc::upstream_failed, 502, -32603, "unknown"},
    {errc::upstream_refused, 502, -32603, "unknown"},
    {errc::record_lost, 503, -32603, "unknown"},
    {errc::cancelled, 503, -32603, "unknown"},
    {errc::io_error, 503, -32603, "no"},
    {errc::database_error, 503, -32603, "no"},
    {errc::invalid_config, 500, -32603, "no"},
    {errc::timeout, 504, -32603, "no"},
    {errc::hook_failed, 500, -32603, "no"},
    {errc::internal, 500, -32603, "no"},
};

TEST(ErrorReply, maps_every_failure) {
    ASSERT_EQ(std::size(kRows), static_cast<std::size_t>(errc::internal) + 1) << "a failure without a row here";
    for (std::size_t i = 0; i < std::size(kRows); ++i) {
        const Row& row = kRows[i];
        ASSERT_EQ(row.code, static_cast<errc>(i));
        EXPECT_EQ(mapping_of(row.code).http_status, row.status) << to_string(row.code);
        EXPECT_EQ(mapping_of(row.code).rpc_code, row.rpc_code) << to_string(row.code);
        const auto line = json::parse(rpc_error("7", Error(row.code, "text")));
        EXPECT_EQ(line["error"]["code"], row.rpc_code);
        EXPECT_EQ(line["error"]["data"]["reason"], to_string(row.code));
        EXPECT_EQ(line["error"]["data"]["code"], code_of(row.code));
        EXPECT_EQ(line["error"]["data"]["retry"], row.retry) << to_string(row.code);
    }
}

TEST(ErrorReply, keeps_the_id_as_it_was_written) {
    EXPECT_EQ(json::parse(rpc_error("\"7\"", Error(errc::busy, "x")))["id"], "7");
    EXPECT_EQ(json::parse(rpc_error("7", Error(errc::busy, "x")))["id"], 7);
    EXPECT_TRUE(json::parse(rpc_error("", Error(errc::busy, "x")))["id"].is_null());
}

TEST(ErrorReply, says_when_to_come_back_in_whole_seconds_rounded_up) {
    const std::pair<int, int> waits[] = {{0, 1}, {1, 1}, {1000, 1}, {1001, 2}, {29'999, 30}, {30'000, 30}};
    for (const auto& [ms, seconds] : waits) {
        const Error error(errc::breaker_open, "x", std::chrono::milliseconds(ms));
        EXPECT_EQ(json::parse(rpc_error("1", error))["error"]["data"]["retry_after"], seconds) << ms;
        const HttpReply reply = failed_call_reply("1", error);
        EXPECT_EQ(reply.status, 503u);
        ASSERT_EQ(reply.headers.size(), 1u);
        EXPECT_EQ(reply.headers[0].first, "Retry-After");
        EXPECT_EQ(reply.headers[0].second, std::to_string(seconds)) << ms;
    }
}

TEST(ErrorReply, of_a_failure_that_names_no_time_has_no_retry_after) {
    const HttpReply reply = failed_call_reply("1", Error(errc::busy, "x"));
    EXPECT_TRUE(reply.headers.empty());
    EXPECT_FALSE(json::parse(reply.body)["error"]["data"].contains("retry_after"));
}

TEST(ErrorReply, is_json_in_one_line_whatever_the_message_holds) {
    const std::string nasty("a\"b\\c\nd\x01 \xff \xe2\x82\xac", 15);
    const std::string line = rpc_error("1", Error(errc::server_exited, nasty));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_TRUE(json::accept(line)) << line;
    EXPECT_TRUE(mcp::Message::parse(line).has_value());
}

TEST(ErrorReply, carries_no_id_when_no_request_could_be_told) {
    const HttpReply reply = rpc_error_reply(406, -32000, "Not \"Acceptable\"");
    EXPECT_EQ(reply.status, 406u);
    EXPECT_EQ(reply.content_type, "application/json");
    const auto body = json::parse(reply.body);
    EXPECT_EQ(body["jsonrpc"], "2.0");
    EXPECT_TRUE(body["id"].is_null());
    EXPECT_EQ(body["error"]["code"], -32000);
    EXPECT_EQ(body["error"]["message"], "Not \"Acceptable\"");
}

}  // namespace
}  // namespace agenthub

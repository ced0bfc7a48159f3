#include "gateway/legacy_rules.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kBoth = "application/json, text/event-stream";

struct AcceptRow {
    std::string_view accept;
    bool json;
    bool events;
};

void PrintTo(const AcceptRow& row, std::ostream* out) {
    *out << "Accept: " << row.accept;
}

class Accept : public testing::TestWithParam<AcceptRow> {};

TEST_P(Accept, names_the_types_a_client_takes) {
    EXPECT_EQ(accepts(GetParam().accept, "application/json"), GetParam().json);
    EXPECT_EQ(accepts(GetParam().accept, "text/event-stream"), GetParam().events);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Accept,
    testing::Values(
        AcceptRow{"", true, true}, AcceptRow{"*/*", true, true}, AcceptRow{kBoth, true, true},
        AcceptRow{"text/event-stream,application/json", true, true},
        AcceptRow{" application/json ,\ttext/event-stream ", true, true}, AcceptRow{"application/json", true, false},
        AcceptRow{"text/event-stream", false, true}, AcceptRow{"APPLICATION/Json, Text/Event-Stream", true, true},
        AcceptRow{"application/*", true, false}, AcceptRow{"Text/*", false, true},
        AcceptRow{"text/html, */*;q=0.8", true, true},
        AcceptRow{"application/json;q=0.1, text/event-stream;q=0.001", true, true},
        AcceptRow{"application/json;q=0, text/event-stream", false, true},
        AcceptRow{"application/json; q=0.000, text/event-stream; Q=0", false, false},
        AcceptRow{"application/json;charset=utf-8;q=0.5, text/event-stream;charset=utf-8", true, true},
        AcceptRow{"application/json;profile=x;q=0", false, false}, AcceptRow{",, ,application/json,", true, false},
        // The most specific range decides (RFC 9110 section 12.5.1), wherever it stands.
        AcceptRow{"text/event-stream;q=0, */*", true, false}, AcceptRow{"*/*, text/event-stream;q=0", true, false},
        AcceptRow{"application/*;q=0, */*", false, true}, AcceptRow{"*/*;q=0, application/json", true, false},
        AcceptRow{"application/*;q=0, application/json", true, false}, AcceptRow{"text/html", false, false},
        AcceptRow{"application/jsonx", false, false}, AcceptRow{"application", false, false},
        AcceptRow{"app/*", false, false}, AcceptRow{"/*", false, false}, AcceptRow{"*", false, false},
        AcceptRow{";q=1", false, false}));

TEST(LegacyRules, look_at_a_media_type_without_its_parameters) {
    EXPECT_TRUE(is_media_type("application/json", "application/json"));
    EXPECT_TRUE(is_media_type("application/json; charset=utf-8", "application/json"));
    EXPECT_TRUE(is_media_type("Application/JSON ;charset=\"utf-8\"", "application/json"));
    EXPECT_FALSE(is_media_type("", "application/json"));
    EXPECT_FALSE(is_media_type("application/json-patch+json", "application/json"));
    EXPECT_FALSE(is_media_type("text/plain; a=application/json", "application/json"));
    EXPECT_FALSE(is_media_type("application/json, text/plain", "application/json"));
}

unsigned refusal(http::verb verb, std::initializer_list<TestRequest::Field> fields) {
    const TestRequest test(verb, "/mcp/x", fields);
    const auto reply = refuse_media_types(test.request);
    if (reply) {
        EXPECT_NE(reply->body.find(R"("code":-32000)"), std::string::npos) << reply->body;
    }
    return reply ? reply->status : 0;
}

TEST(LegacyRules, want_both_types_accepted_and_json_sent_on_a_post) {
    using http::verb;
    EXPECT_EQ(refusal(verb::post, {{"Accept", kBoth}, {"Content-Type", "application/json"}}), 0u);
    EXPECT_EQ(refusal(verb::post, {{"Accept", "*/*"}, {"content-type", "application/json;charset=utf-8"}}), 0u);
    EXPECT_EQ(refusal(verb::post, {{"Content-Type", "application/json"}}), 0u) << "no Accept accepts everything";
    EXPECT_EQ(refusal(verb::post, {{"Accept", "application/json"}, {"Content-Type", "application/json"}}), 406u);
    EXPECT_EQ(refusal(verb::post, {{"Accept", "text/event-stream"}, {"Content-Type", "application/json"}}), 406u);
    EXPECT_EQ(refusal(verb::post, {{"Accept", kBoth}}), 415u);
    EXPECT_EQ(refusal(verb::post, {{"Accept", kBoth}, {"Content-Type", "text/plain"}}), 415u);
}

TEST(LegacyRules, join_an_accept_field_that_comes_in_several_lines) {
    EXPECT_EQ(refusal(http::verb::post, {{"Accept", "application/json"},
                                         {"Accept", "text/event-stream"},
                                         {"Content-Type", "application/json"}}),
              0u);
    EXPECT_EQ(refusal(http::verb::get, {{"Accept", "text/html"}, {"Accept", "text/event-stream"}}), 0u);
}

TEST(LegacyRules, want_event_streams_accepted_on_a_get_and_nothing_on_a_delete) {
    EXPECT_EQ(refusal(http::verb::get, {{"Accept", "text/event-stream"}}), 0u);
    EXPECT_EQ(refusal(http::verb::get, {{"Accept", "application/json"}}), 406u);
    EXPECT_EQ(refusal(http::verb::get, {{"Accept", "text/event-stream"}, {"Content-Type", "text/plain"}}), 0u);
    EXPECT_EQ(refusal(http::verb::delete_, {{"Accept", "text/html"}}), 0u);
}

std::optional<mcp::Revision> revision(std::initializer_list<TestRequest::Field> fields) {
    const TestRequest test(http::verb::post, "/mcp/x", fields);
    return revision_of_request(test.request, mcp::Revision::r2025_03_26);
}

TEST(LegacyRules, take_the_revision_from_the_header_else_from_the_session) {
    EXPECT_EQ(revision({}), mcp::Revision::r2025_03_26);
    EXPECT_EQ(revision({{"MCP-Protocol-Version", ""}}), mcp::Revision::r2025_03_26);
    EXPECT_EQ(revision({{"mcp-protocol-version", "2025-06-18"}}), mcp::Revision::r2025_06_18);
    EXPECT_EQ(revision({{"MCP-Protocol-Version", " 2025-11-25 "}}), mcp::Revision::r2025_11_25);
}

TEST(LegacyRules, refuse_revisions_that_are_not_served_in_a_session) {
    for (const std::string_view version :
         {"2026-07-28", "2025-06-19", "2024-01-01", "latest", "2025-11-25, 2025-06-18"})
        EXPECT_EQ(revision({{"MCP-Protocol-Version", version}}), std::nullopt) << version;
    const TestRequest test(http::verb::post, "/mcp/x", {{"MCP-Protocol-Version", "1999-01-01"}});
    const HttpReply reply = unsupported_version_reply(test.request);
    EXPECT_EQ(reply.status, 400u);
    for (const std::string_view part : {"1999-01-01", "2025-03-26", "2025-06-18", "2025-11-25", "-32000"})
        EXPECT_NE(reply.body.find(part), std::string::npos) << part << " in " << reply.body;
    EXPECT_EQ(reply.body.find("2026-07-28"), std::string::npos);
}

}  // namespace
}  // namespace agenthub

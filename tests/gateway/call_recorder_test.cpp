#include "gateway/call_recorder.hpp"

#include <gtest/gtest.h>

#include "base/redactor.hpp"
#include "tests/bridge/test_exchange.hpp"
#include "tests/gateway/idle_supervisor.hpp"
#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kCall = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}})";

// A row with texts of its own.
struct Row {
    explicit Row(const ActivityRecord& r)
        : record(r),
          client(r.client_id),
          method(r.mcp_method),
          server(r.server),
          tool(r.tool),
          session(r.session),
          text(r.error_text),
          path(r.path),
          http_method(r.http_method),
          request_id(r.request_id) {}
    ActivityRecord record;
    std::string client, method, server, tool, session, text, path, http_method, request_id;
};

struct CallRecorderTest : testing::Test {
    CallRecorderTest() {
        post.request.began = Clock::now();
        post.request.began_unix_ms = 1'785'000'000'123;
        post.request.id.text.fill('7');
        post.request.body_bytes = 120;
    }
    // The rows written since the last call.
    std::vector<Row> rows() {
        log.hand_over();
        std::vector<BlockPtr> blocks;
        queue.take_blocks(blocks);
        std::vector<Row> out;
        for (const auto& block : blocks)
            block->for_each([&](const BlockRecord& r) { out.emplace_back(r.record); });
        return out;
    }
    Row recorded(const result<mcp::Message>& reply, std::string request = std::string(kCall)) {
        TestExchange exchange(std::move(request), "a.session");
        recorder.call({post.request, 200, 55, exchange, "one", slot}, reply);
        auto written = rows();
        EXPECT_EQ(written.size(), 1u);
        return written.at(0);
    }
    Row failed(errc code) { return recorded(Error(code, "it failed")); }

    IdleSupervisor supervised{{server_named("one")}};
    ServerSlot* slot = supervised.supervisor.find("one");
    ActivityQueue queue;
    ActivityLog log{supervised.loop.get_executor(), queue, ActivityOptions()};
    CallRecorder recorder{log};
    TestRequest post{http::verb::post, "/mcp/one"};
};

TEST_F(CallRecorderTest, writes_what_is_known_of_a_call) {
    const auto row = recorded(message_of(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
    EXPECT_EQ(row.record.unix_ms, 1'785'000'000'123);
    EXPECT_EQ(row.request_id, std::string(36, '7'));
    EXPECT_EQ(row.http_method, "POST");
    EXPECT_EQ(row.path, "/mcp/one");
    EXPECT_EQ(row.record.http_status, 200);
    EXPECT_EQ(row.method, "tools/call");
    EXPECT_EQ(row.server, "one");
    EXPECT_EQ(row.tool, "echo");
    EXPECT_EQ(row.session, "a.session");
    EXPECT_EQ(row.client, "anonymous");
    EXPECT_EQ(row.record.outcome, Outcome::ok);
    EXPECT_EQ(row.record.error_code, 0);
    EXPECT_EQ(row.record.bytes_in, 120);
    EXPECT_EQ(row.record.bytes_out, 55);
    EXPECT_GE(row.record.duration_us, 0);
    EXPECT_EQ(row.record.server_us, 0) << "it never left";
}

TEST_F(CallRecorderTest, tells_the_wait_from_the_work) {
    TestExchange exchange{std::string(kCall)};
    post.request.began = Clock::now() - std::chrono::seconds(3);
    exchange.sent_at = post.request.began + std::chrono::seconds(1);
    recorder.call({post.request, 200, 0, exchange, "one", slot}, message_of(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
    const auto row = rows().at(0);
    EXPECT_EQ(row.record.queue_us, 1'000'000);
    EXPECT_GE(row.record.server_us, 2'000'000);
    EXPECT_EQ(row.record.duration_us, row.record.queue_us + row.record.server_us);
}

TEST_F(CallRecorderTest, names_a_tool_only_for_a_tool_call) {
    const auto ok = [] { return message_of(R"({"jsonrpc":"2.0","id":1,"result":{}})"); };
    EXPECT_EQ(recorded(ok(), R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p"}})").tool, "");
    EXPECT_EQ(recorded(ok(), R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})").tool, "");
    EXPECT_EQ(recorded(ok(), R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}})").tool, "");
}

TEST_F(CallRecorderTest, tells_the_servers_errors_from_the_tools) {
    const auto error = recorded(message_of(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"no"}})"));
    EXPECT_EQ(error.record.outcome, Outcome::error);
    EXPECT_EQ(error.record.error_code, -32042);
    EXPECT_NE(error.text.find("no"), std::string::npos);
    const auto tool = recorded(message_of(R"({"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[]}})"));
    EXPECT_EQ(tool.record.outcome, Outcome::tool_error);
    EXPECT_EQ(slot->stats().errors, 0u) << "both are answers";
    EXPECT_EQ(slot->stats().calls, 2u);
}

TEST_F(CallRecorderTest, blames_the_server_for_what_it_did_not_answer) {
    for (const errc code : {errc::server_exited, errc::server_unhealthy, errc::server_out_of_memory, errc::call_timeout,
                            errc::write_failed, errc::start_failed}) {
        const auto row = failed(code);
        EXPECT_EQ(row.record.outcome, Outcome::failed) << to_string(code);
        EXPECT_EQ(row.record.error_code, -32603);
        EXPECT_EQ(row.text, "it failed");
    }
    EXPECT_EQ(slot->stats().errors, 6u);
}

TEST_F(CallRecorderTest, does_not_blame_the_server_for_the_clients_faults) {
    struct Fault {
        errc code;
        int rpc_code;
    };
    for (const auto& [code, rpc_code] : {Fault{errc::invalid_params, -32602}, Fault{errc::method_not_found, -32601},
                                         Fault{errc::invalid_request, -32600}, Fault{errc::unsupported, -32600}}) {
        const auto row = failed(code);
        EXPECT_EQ(row.record.outcome, Outcome::refused) << to_string(code);
        EXPECT_EQ(row.record.error_code, rpc_code) << "as the client got it";
    }
    EXPECT_EQ(slot->stats().errors, 0u);
    EXPECT_EQ(slot->stats().calls, 0u);
}

TEST_F(CallRecorderTest, tells_a_full_table_from_a_cancelled_call) {
    EXPECT_EQ(failed(errc::busy).record.outcome, Outcome::refused);
    EXPECT_EQ(slot->stats().errors, 1u) << "the server did not keep up";
    const auto cancelled = failed(errc::cancelled);
    EXPECT_EQ(cancelled.record.outcome, Outcome::cancelled);
    EXPECT_EQ(slot->stats().calls, 1u) << "a cancelled call says nothing of the server";
}

TEST_F(CallRecorderTest, keeps_no_secret_whoever_wrote_it) {
    hide_secrets({"s3cret-of-somebody"});
    recorder.plain({post.request, 200, 9, "m/s3cret-of-somebody", "one", "by s3cret-of-somebody", "s3cret-of-somebody",
                    "why: s3cret-of-somebody"});
    const auto row = rows().at(0);
    EXPECT_EQ(row.method, "m/[redacted]");
    EXPECT_EQ(row.client, "by [redacted]");
    EXPECT_EQ(row.session, "[redacted]");
    EXPECT_EQ(row.text, "why: [redacted]");
    hide_secrets({});
}

TEST_F(CallRecorderTest, needs_no_slot) {
    slot = nullptr;
    EXPECT_EQ(failed(errc::internal).record.outcome, Outcome::failed);
}

TEST_F(CallRecorderTest, judges_a_plain_request_by_its_status) {
    struct Expectation {
        unsigned status;
        Outcome outcome;
    };
    for (const auto& [status, outcome] :
         {Expectation{200, Outcome::ok}, Expectation{202, Outcome::ok}, Expectation{400, Outcome::refused},
          Expectation{404, Outcome::refused}, Expectation{500, Outcome::failed}, Expectation{503, Outcome::failed}}) {
        recorder.plain({post.request, status, 9, "initialize", "one", "me", "a.session", "why"});
        const auto row = rows().at(0);
        EXPECT_EQ(row.record.outcome, outcome) << status;
        EXPECT_EQ(row.client, "me");
        EXPECT_EQ(row.method, "initialize");
        EXPECT_EQ(row.session, "a.session");
        EXPECT_EQ(row.text, "why");
    }
}

// A view into the request, so it lives on the test's frame.
TEST(ClientId, is_the_header_that_says_most) {
    using http::verb;
    const TestRequest both(verb::get, "/x", {{"X-Client-ID", "id"}, {"X-Client-Name", "n"}});
    const TestRequest name(verb::get, "/x", {{"x-client-name", "n"}});
    const TestRequest blank(verb::get, "/x", {{"X-Client-ID", " "}, {"X-Client-Name", "n"}});
    const TestRequest nobody(verb::get, "/x");
    EXPECT_EQ(client_id_of(both.request), "id");
    EXPECT_EQ(client_id_of(name.request), "n");
    EXPECT_EQ(client_id_of(blank.request), "n");
    EXPECT_EQ(client_id_of(nobody.request), "anonymous");
    EXPECT_EQ(client_id_of(HttpRequest()), "anonymous") << "a request that could not be read";
}

}  // namespace
}  // namespace agenthub

// A modern client's call with a stream that keeps what it is sent: for tests without HTTP and without a server.
// Owned by the test.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/modern_call.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {

struct KeptMessages final : MessageSink {
    void push(std::string_view message) override { texts.emplace_back(message); }
    std::vector<std::string> texts;
};

struct TestChannel final : ReplyChannel {
    MessageSink& open() override {
        ++opened;
        return *sink;
    }
    std::shared_ptr<KeptMessages> sink = std::make_shared<KeptMessages>();
    int opened = 0;
};

inline mcp::Caller modern_caller(std::string capabilities = R"({"sampling":{},"roots":{},"elicitation":{}})") {
    mcp::Caller caller;
    caller.revision = mcp::Revision::r2026_07_28;
    caller.capabilities = std::move(capabilities);
    return caller;
}

inline std::string call_text(std::string_view id, std::string_view params = R"({"name":"work"})",
                             std::string_view method = "tools/call") {
    return mcp::make_call(id, method, params);
}

inline std::shared_ptr<ModernCall> modern_call(asio::io_context& loop, std::string request = call_text("1"),
                                               mcp::Caller caller = modern_caller(), std::string server = "s") {
    return std::make_shared<ModernCall>(loop.get_executor(), message_of(std::move(request)), std::move(caller),
                                        CallTime(), std::move(server));
}

// A server's question; its answers go to `answers`, which outlives it.
inline std::shared_ptr<Question> question_of(std::vector<std::string>& answers, const std::string& id,
                                             std::string_view method = "roots/list", std::string_view params = {}) {
    const auto keep = [&answers](const mcp::Message& reply) { answers.push_back(reply.text()); };
    return std::make_shared<Question>("s", message_of(mcp::make_call(id, method, params)), keep);
}

}  // namespace agenthub

// An exchange that keeps what it was told: the client's side of a call in the bridge's tests.
// Owned by the test.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bridge/exchange.hpp"

namespace agenthub {

inline mcp::Message message_of(std::string text) {
    return mcp::Message::parse(std::move(text)).value();
}

inline mcp::Caller caller_of(std::string session) {
    mcp::Caller caller;
    caller.session_id = std::move(session);
    return caller;
}

class TestExchange final : public Exchange {
public:
    explicit TestExchange(std::string request, std::string session = "session", CallTime time = {})
        : Exchange(message_of(std::move(request)), own_caller_, time), own_caller_(caller_of(std::move(session))) {}

    void notify(mcp::Message message) override { notified.push_back(std::move(message).text()); }
    void ask(std::shared_ptr<Question> question) override { asked.push_back(std::move(question)); }

    // To be filled in before the call.
    mcp::Caller& who() noexcept { return own_caller_; }

    std::vector<std::string> notified;
    std::vector<std::shared_ptr<Question>> asked;

private:
    mcp::Caller own_caller_;
};

}  // namespace agenthub

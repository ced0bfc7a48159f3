// One request of a server to a client (sampling, elicitation, roots), from the moment the server asks to its answer.
// Shared by the connection that asked and by whoever asks the client: either may end first. Loop thread only.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "mcp/message.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

class Question {
public:
    // `asker` names the server. `answered` gets the reply, once.
    Question(std::string asker, mcp::Message request, std::function<void(mcp::Message reply)> answered)
        : asker_(std::move(asker)), request_(std::move(request)), answered_(std::move(answered)) {}

    const std::string& asker() const noexcept { return asker_; }

    // As the server wrote it, with the server's own id.
    const mcp::Message& request() const noexcept { return request_; }
    // Neither answered nor withdrawn.
    bool is_open() const noexcept { return answered_ != nullptr; }

    // The client's response or error, whatever its id. Only the first answer counts.
    void answer(mcp::Message reply) {
        withdrawn_ = nullptr;
        if (const auto answered = std::exchange(answered_, nullptr))
            answered(std::move(reply));
    }
    // Instead of an answer: a JSON-RPC error with this code and sentence.
    void refuse(int code, std::string_view why) {
        if (is_open())
            answer(mcp::Message::parse(mcp::make_error(request_.id(), code, why)).value());
    }

    // By the connection: nobody wants the answer any more.
    void withdraw() {
        answered_ = nullptr;
        if (const auto withdrawn = std::exchange(withdrawn_, nullptr))
            withdrawn();
    }
    // By whoever asks the client: told when the question is withdrawn, once.
    void when_withdrawn(std::function<void()> told) { withdrawn_ = std::move(told); }

private:
    std::string asker_;
    mcp::Message request_;
    std::function<void(mcp::Message)> answered_;
    std::function<void()> withdrawn_;
};

}  // namespace agenthub

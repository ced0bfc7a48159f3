// Where the daemon's messages go in the legacy era.
// Owned by the coroutine that waits for them.

#pragma once

#include <optional>
#include <utility>

#include "stdio/legacy_link.hpp"

namespace agenthub {

// To the client.
class LegacyLink::FromDaemon final : public MessageSink {
public:
    // `call` is null on the general stream.
    FromDaemon(LegacyLink& link, const ClientCall* call, unsigned session)
        : link_(link), call_(call), session_(session) {}

    awaitable<void> take(mcp::Message message) override {
        if (call_ != nullptr && message.is_reply() && message.id() == call_->id) {
            link_.note_success(*call_, message);
            return link_.answer(std::move(message));
        }
        return link_.forward(std::move(message), session_);
    }
    void opened() override {
        if (call_ != nullptr || session_ != link_.session_)
            return;
        link_.heard_ = true;
        link_.changed_.notify_all();
    }

private:
    LegacyLink& link_;
    const ClientCall* call_;
    unsigned session_;
};

// Only the reply counts, and it is kept.
class LegacyLink::Quiet final : public MessageSink {
public:
    awaitable<void> take(mcp::Message message) override {
        if (message.is_reply())
            reply.emplace(std::move(message));
        co_return;
    }

    std::optional<mcp::Message> reply;
};

}  // namespace agenthub

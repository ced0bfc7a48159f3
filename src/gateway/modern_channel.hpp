// The reply to a modern client's POST, which turns into an event stream when something precedes the answer.
// Owned by the request being served.

#pragma once

#include <memory>

#include "gateway/event_stream.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/reply_channel.hpp"

namespace agenthub {

class ModernChannel final : public ReplyChannel {
public:
    // `limit`: bytes that may wait for a slow reader; a notification more is dropped, the answer never.
    ModernChannel(HttpResponder& responder, Executor executor, std::size_t limit)
        : responder_(responder), executor_(executor), limit_(limit) {}

    EventStream& open() override {
        if (stream_ == nullptr) {
            stream_ = std::make_shared<EventStream>(executor_, limit_, WhenFull::drop);
            responder_.start_stream(stream_);
        }
        return *stream_;
    }
    // Null while nothing has preceded the answer.
    EventStream* stream() const noexcept { return stream_.get(); }

private:
    HttpResponder& responder_;
    Executor executor_;
    std::size_t limit_;
    std::shared_ptr<EventStream> stream_;  // the connection's writer is the other owner
};

}  // namespace agenthub

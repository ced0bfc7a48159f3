// The event stream of one POST, opened by the first message that precedes its reply.
// Implemented over an HTTP response.

#pragma once

#include "gateway/message_sink.hpp"

namespace agenthub {

class ReplyChannel {
public:
    virtual ~ReplyChannel() = default;
    // The stream, opened now if it is not open yet.
    virtual MessageSink& open() = 0;
    // No connection is there to carry what is said here, as far as a look at it tells.
    virtual bool client_is_gone() const noexcept { return false; }
};

}  // namespace agenthub

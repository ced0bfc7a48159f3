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
};

}  // namespace agenthub

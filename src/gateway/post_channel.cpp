// The reply to a POST that turns into an event stream.
// Owned by the request being served.

#include "gateway/post_channel.hpp"

#include "mcp/revision.hpp"

namespace agenthub {

SessionStream& PostChannel::open() {
    if (stream_ == nullptr) {
        stream_ = session_.open_stream(settings_, WhenFull::drop);
        const auto connection = stream_->open();
        own_ = connection.get();
        // One that may be dropped must not look as if it could be used again: its request is served to the end.
        if (clock_)
            responder_.close_after_reply();
        responder_.start_stream(connection);
    }
    return *stream_;
}

bool PostChannel::is_carried_elsewhere() const noexcept {
    return stream_ != nullptr && stream_->is_carried() && !stream_->is_carried_by(own_);
}

void PostChannel::drop_in_time() {
    const Duration after = settings_.limits.poll_after;
    if (after > Duration{} && mcp::traits(session_.caller.revision).priming_event)
        clock_.emplace(settings_.executor, after, [this] { drop(); });
}

void PostChannel::drop() {
    if (open().is_resumable())
        stream_->drop_connection();
}

}  // namespace agenthub

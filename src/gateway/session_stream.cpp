// One stream of a session.
// Shared by the session and by whoever speaks on it.

#include "gateway/session_stream.hpp"

#include <utility>

#include "gateway/event_text.hpp"

namespace agenthub {

std::string SessionStream::next_id() const {
    if (memory_ == nullptr)
        return {};
    return memory_->ids.make(memory_->session, {memory_->number, memory_->log.end() + 1});
}

void SessionStream::push(std::string_view message) {
    if (!is_heard())
        return;
    std::string event;
    append_event(event, next_id(), message);
    // Said to a slow reader of a stream that drops: as if it had never been said, so that the ids have no gap.
    const bool taken = !is_carried() || connection_->offer_events(event);
    if (memory_ != nullptr && (taken || when_full_ == WhenFull::break_off))
        memory_->log.append(event);
}

void SessionStream::reply(const mcp::Message& reply, std::string_view id) {
    if (!is_heard())
        return;
    std::string event;
    append_event(event, next_id(), reply, id);
    if (is_carried() && !connection_->offer_events(event))
        connection_->break_off();
    if (memory_ != nullptr)
        memory_->log.append(event);
}

void SessionStream::finish_with(const mcp::Message& reply, std::string_view id, bool seems_gone) {
    if (!is_heard())
        return finish();
    std::string event;
    append_event(event, next_id(), reply, id);
    in_doubt_ = seems_gone || !is_carried();
    if (is_carried())
        connection_->push_events(event);
    if (memory_ != nullptr)
        memory_->log.append(event, in_doubt_ ? Oversize::keep : Oversize::forget);
    finish();
}

void SessionStream::finish() {
    if (finished_)
        return;
    finished_ = true;
    finished_at_ = Clock::now();
    if (connection_ != nullptr)
        connection_->finish();
}

std::shared_ptr<EventStream> SessionStream::connect() {
    connection_ = std::make_shared<EventStream>(settings_.executor, settings_.limits.stream_queue_bytes, when_full_);
    return connection_;
}

// A client that is cut off before the first event could not resume without it; nor could one that comes back, hears
// nothing new and is cut off again, as it only remembers the ids of one connection.
void SessionStream::prime(std::uint64_t position) {
    if (memory_ == nullptr || !memory_->primes)
        return;
    const std::string id = memory_->ids.make(memory_->session, {memory_->number, position});
    connection_->push_events(priming_event(id, kRetry));
}

std::shared_ptr<EventStream> SessionStream::open() {
    connect();
    prime(0);
    return connection_;
}

std::shared_ptr<EventStream> SessionStream::resume(std::uint64_t position) {
    if (memory_ == nullptr)
        return nullptr;
    const auto missed = memory_->log.after(position);
    if (!missed)
        return nullptr;
    // A client that comes back has given the old connection up, whether that knows it or not.
    if (is_carried())
        connection_->break_off();
    connect();
    prime(position);
    connection_->push_events(*missed);
    if (finished_)
        connection_->finish();
    return connection_;
}

void SessionStream::drop_connection() {
    if (connection_ != nullptr)
        connection_->finish();
    connection_.reset();
}

bool SessionStream::is_over_at(std::uint64_t position) const noexcept {
    return finished_ && memory_ != nullptr && position == memory_->log.end();
}

bool SessionStream::was_delivered_before(TimePoint moment) const noexcept {
    return finished_ && !in_doubt_ && finished_at_ < moment && connection_ != nullptr && connection_->written();
}

}  // namespace agenthub

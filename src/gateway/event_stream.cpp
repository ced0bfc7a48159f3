// A bounded queue of server-sent events.
// Shared by who pushes and the connection that writes.

#include "gateway/event_stream.hpp"

#include <utility>

#include "base/task_group.hpp"
#include "gateway/event_text.hpp"

namespace agenthub {
namespace {

awaitable<void> wait_for(Event& event) {
    co_await event.wait();
}

}  // namespace

bool EventStream::has_room(std::size_t bytes) {
    if (ended())
        return false;
    if (queued_.empty() || queued_.size() + bytes <= limit_)
        return true;
    overflowed_ = true;
    if (when_full_ == WhenFull::break_off)
        break_off();
    return false;
}

void EventStream::push(std::string_view message) {
    if (!has_room(message.size()))
        return;
    append_event(queued_, {}, message);
    wake_.notify();
}

void EventStream::push_events(std::string_view events) {
    if (ended())
        return;
    queued_ += events;
    wake_.notify();
}

bool EventStream::offer_events(std::string_view events) {
    const bool room = has_room(events.size());
    if (room)
        push_events(events);
    return room;
}

void EventStream::finish_with(const mcp::Message& reply, std::string_view id) {
    if (ended())
        return;
    append_event(queued_, {}, reply, id);
    finish();
}

void EventStream::finish_with(std::string_view message) {
    if (ended())
        return;
    append_event(queued_, {}, message);
    finish();
}

void EventStream::finish() {
    finished_ = true;
    wake_.notify();
}

void EventStream::break_off() {
    broken_ = true;
    queued_.clear();
    wake_.notify();
}

awaitable<bool> EventStream::next(std::string& out, Duration heartbeat) {
    out.clear();
    const Deadline until = Deadline::after(heartbeat);
    while (queued_.empty() && !ended()) {
        auto woken = wait_for(wake_);
        const bool in_time = co_await ends_by(std::move(woken), until);
        if (!in_time)
            co_return !broken_;
    }
    std::swap(out, queued_);
    co_return !broken_ && !out.empty();
}

}  // namespace agenthub

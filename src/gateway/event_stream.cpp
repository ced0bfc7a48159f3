// A bounded queue of server-sent events.
// Shared by who pushes and the connection that writes.

#include "gateway/event_stream.hpp"

#include <utility>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kEventHead = "event: message\ndata: ";
constexpr std::string_view kEventEnd = "\n\n";

awaitable<void> wait_for(Event& event) {
    co_await event.wait();
}

}  // namespace

void EventStream::push(std::string_view message) {
    if (ended())
        return;
    if (!queued_.empty() && queued_.size() + message.size() > limit_) {
        overflowed_ = true;
        if (when_full_ == WhenFull::break_off)
            break_off();
        return;
    }
    queued_ += kEventHead;
    queued_ += message;
    queued_ += kEventEnd;
    wake_.notify();
}

void EventStream::finish_with(const mcp::Message& reply, std::string_view id) {
    if (ended())
        return;
    queued_ += kEventHead;
    reply.append_with_id(queued_, id);
    queued_ += kEventEnd;
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

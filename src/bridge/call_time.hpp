// How long one call may take: call_timeout, which every progress restarts, and max_call_time, which nothing does.
// A value, owned by the exchange. Pure: time is passed in.

#pragma once

#include <algorithm>
#include <string_view>

#include "base/deadline.hpp"

namespace agenthub {

class CallTime {
public:
    // Until `deadline`, whatever progress there is.
    CallTime(Deadline deadline = {}) noexcept : deadline_(deadline), latest_(deadline) {}
    // From `now` on. `max_call_time` of zero: as long as there is progress.
    CallTime(Duration call_timeout, Duration max_call_time, TimePoint now = Clock::now()) noexcept
        : patience_(call_timeout),
          deadline_(Deadline::after(call_timeout, now)),
          latest_(max_call_time == Duration::zero() ? Deadline() : Deadline::after(max_call_time, now)) {
        deadline_ = deadline_.earlier(latest_);
    }

    Deadline deadline() const noexcept { return deadline_; }

    // The server has told of progress with the call; what the deadline is now.
    Deadline progressed(TimePoint now) noexcept {
        if (patience_ != Duration::zero())
            deadline_ = Deadline::after(patience_, now).earlier(latest_);
        progressed_ = patience_ != Duration::zero();
        return deadline_;
    }

    // A question to the client is open: only max_call_time goes on. Its answer counts as progress.
    Deadline held() noexcept {
        deadline_ = latest_;
        progressed_ = patience_ != Duration::zero();
        return deadline_;
    }

    // The key of the limit that deadline() stands for.
    std::string_view limit() const noexcept {
        return progressed_ && deadline_.at() == latest_.at() ? "max_call_time" : "call_timeout";
    }

private:
    Duration patience_{0};  // zero: progress changes nothing
    Deadline deadline_;
    Deadline latest_;
    bool progressed_ = false;
};

}  // namespace agenthub

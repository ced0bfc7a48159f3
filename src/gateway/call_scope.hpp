// What is under way on behalf of one outer request: when its client leaves, all of it ends.
// Owned by whoever serves that request; loop thread only.

#pragma once

#include <functional>
#include <list>
#include <utility>

#include "base/async.hpp"

namespace agenthub {

class CallScope {
public:
    CallScope() = default;
    CallScope(const CallScope&) = delete;
    CallScope& operator=(const CallScope&) = delete;

    // How to end one piece of work, for as long as this lives. The scope outlives it.
    class Part {
    public:
        Part(CallScope& scope, std::function<void()> stop)
            : scope_(scope), at_(scope.parts_.insert(scope.parts_.end(), std::move(stop))) {}
        ~Part() { scope_.parts_.erase(at_); }
        Part(const Part&) = delete;
        Part& operator=(const Part&) = delete;

    private:
        CallScope& scope_;
        std::list<std::function<void()>>::iterator at_;
    };

    // Asks every part to end; nothing new is to be begun. Once.
    void end() {
        if (std::exchange(ended_, true))
            return;
        for (auto part = parts_.begin(); part != parts_.end();) {
            const auto present = part++;  // it may be gone as soon as it was asked
            (*present)();
        }
    }
    bool ended() const noexcept { return ended_; }

    // Waits so long, or until the scope ends.
    awaitable<void> pause(Duration time);

private:
    std::list<std::function<void()>> parts_;
    bool ended_ = false;
};

}  // namespace agenthub

// Calls of modern clients whose servers wait for answers, while no HTTP request speaks for them. A client finds its own
// by a sealed text that it brings back (2026-07-28 client/mrtr, "requestState"). Bounded in number and time.
// Owned by the modern endpoint.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/seal.hpp"
#include "gateway/modern_call.hpp"

namespace agenthub {

class ParkedCalls {
public:
    // `limit`: calls at a time. `time`: how long one waits for its client.
    ParkedCalls(std::size_t limit, Duration time) : limit_(limit), time_(time) {}

    // Keeps the call; the state is for the client that owns it. Errors: errc::busy at the limit.
    result<std::string> park(std::shared_ptr<ModernCall> call, TimePoint now);

    // The call that the state was given for, taken out; each state opens once. `retry` is the same request by the same
    // client once more. Errors: errc::invalid_params, also after `time`.
    result<std::shared_ptr<ModernCall>> take(std::string_view state, const ModernCall& retry);

    // Gives up the calls whose clients have not come back.
    void expire(TimePoint now);
    void cancel_all();
    std::size_t size() const noexcept { return calls_.size(); }

private:
    struct Entry {
        std::shared_ptr<ModernCall> call;
        TimePoint until;
    };

    std::size_t limit_;
    Duration time_;
    Seal seal_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, Entry> calls_;
};

}  // namespace agenthub

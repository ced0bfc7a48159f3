// The streams that a session keeps: the general one, and those that can be resumed. Bounded.
// Owned by the session.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/session_stream.hpp"

namespace agenthub {

class SessionStreams {
public:
    // What the server says unasked goes here; null when the session does not listen.
    const std::shared_ptr<SessionStream>& general() const noexcept { return general_; }
    void set_general(std::shared_ptr<SessionStream> stream) { general_ = std::move(stream); }

    // True when one more can be kept within the limit; for that the oldest that has ended is forgotten.
    bool make_place(std::size_t limit);
    void keep(std::shared_ptr<SessionStream> stream) { kept_.push_back(std::move(stream)); }
    std::shared_ptr<SessionStream> find(std::uint32_t number) const;

    void forget(TimePoint delivered_before);
    bool empty() const noexcept { return general_ == nullptr && kept_.empty(); }
    bool is_connected() const noexcept;

private:
    std::shared_ptr<SessionStream> general_;            // also among the kept when it can be resumed
    std::vector<std::shared_ptr<SessionStream>> kept_;  // oldest first; who speaks on one is the other owner
};

}  // namespace agenthub

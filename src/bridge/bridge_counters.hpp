// What happened on one bridge, for status pages and metrics.
// A value, counted by the bridge.

#pragma once

#include <cstdint>

namespace agenthub {

// Counts since the process started.
struct BridgeCounters {
    std::uint64_t calls = 0;
    std::uint64_t garbage_lines = 0;      // not JSON-RPC
    std::uint64_t oversize_lines = 0;     // longer than the limit
    std::uint64_t late_answers = 0;       // to calls that were cancelled or had timed out
    std::uint64_t unknown_answers = 0;    // to ids that were never asked, or answered twice
    std::uint64_t asked_requests = 0;     // the server asked its client something …
    std::uint64_t refused_requests = 0;   // … and it was not passed on
    std::uint64_t ambiguous_notices = 0;  // log messages while several clients' calls were in flight

    void add(const BridgeCounters& other) noexcept {
        calls += other.calls;
        garbage_lines += other.garbage_lines;
        oversize_lines += other.oversize_lines;
        late_answers += other.late_answers;
        unknown_answers += other.unknown_answers;
        asked_requests += other.asked_requests;
        refused_requests += other.refused_requests;
        ambiguous_notices += other.ambiguous_notices;
    }
};

}  // namespace agenthub

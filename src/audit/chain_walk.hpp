// Follows the chain row by row and says where it breaks.
// Pure; one walk is one object, fed with the rows in the order of `seq`.

#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "audit/finding.hpp"
#include "audit/head.hpp"

namespace agenthub {

class ChainWalk {
public:
    // Takes the next row. After the first fault it needs at most one more row, and then ignores all others.
    // `sound`: every column has the type that AgentHub writes.
    void take(const AuditRow& row, bool sound);

    // False when nothing that comes can change the answer.
    bool wants_more() const noexcept { return !found_ || open_; }

    // After the last row: what is wrong, compared with where the chain should end.
    ChainFinding finish(const ChainPoint& expected);

    std::int64_t rows() const noexcept { return rows_; }
    const ChainPoint& last() const noexcept { return last_; }

private:
    // The hashes of so many rows before are remembered, to tell rows that were put in.
    static constexpr std::size_t kRemembered = 1024;

    void check(const AuditRow& row, bool sound);
    void check_link(const AuditRow& row);
    void find(ChainFault fault, std::int64_t row, std::string message);

    ChainPoint last_;
    std::int64_t rows_ = 0;
    std::deque<ChainPoint> recent_;
    std::optional<ChainFinding> found_;
    bool open_ = false;  // the row after the break decides which of two is the bad one
};

}  // namespace agenthub

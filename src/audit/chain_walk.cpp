// Following the chain.
// Pure.

#include "audit/chain_walk.hpp"

#include <algorithm>
#include <utility>

namespace agenthub {
namespace {

std::string row_text(std::int64_t seq) {
    return "row " + std::to_string(seq);
}

std::string span_text(std::int64_t first, std::int64_t last) {
    if (first == last)
        return row_text(first);
    return "rows " + std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace

std::string_view to_string(ChainFault fault) noexcept {
    switch (fault) {
        case ChainFault::none: return "none";
        case ChainFault::edited: return "edited";
        case ChainFault::deleted: return "deleted";
        case ChainFault::inserted: return "inserted";
        case ChainFault::rewritten: return "rewritten";
        case ChainFault::truncated: return "truncated";
        case ChainFault::head: return "head";
        case ChainFault::anchor: return "anchor";
    }
    return "none";
}

void ChainWalk::find(ChainFault fault, std::int64_t row, std::string message) {
    found_ = ChainFinding{fault, row, std::move(message)};
}

void ChainWalk::take(const AuditRow& row, bool sound) {
    ++rows_;
    if (!wants_more())
        return;
    if (open_) {
        // The row before fits itself and not the one before it; when this one does not fit it either, it was put in
        // there.
        open_ = false;
        if (row.previous != last_.hash)
            find(ChainFault::rewritten, last_.seq,
                 row_text(last_.seq) + " fits neither the row before it nor the one behind it: it was replaced");
        return;
    }
    check(row, sound);
    last_ = {row.seq, row.hash};
    recent_.push_back(last_);
    if (recent_.size() > kRemembered)
        recent_.pop_front();
}

void ChainWalk::check(const AuditRow& row, bool sound) {
    if (row.seq < 1)
        return find(ChainFault::inserted, row.seq,
                    row_text(row.seq) + " was not written by AgentHub, which counts from 1");
    if (!sound || row_hash(row.previous, row.seq, row.record) != row.hash)
        return find(ChainFault::edited, row.seq, row_text(row.seq) + " was changed: its hash is that of other content");
    if (row.previous != last_.hash)
        return check_link(row);
    if (row.seq != last_.seq + 1)
        find(ChainFault::deleted, last_.seq + 1,
             span_text(last_.seq + 1, row.seq - 1) + (row.seq - 2 == last_.seq ? " is" : " are") + " missing");
}

// The row fits itself, but not the one before it.
void ChainWalk::check_link(const AuditRow& row) {
    const auto before = std::find_if(recent_.rbegin(), recent_.rend(),
                                     [&row](const ChainPoint& point) { return point.hash == row.previous; });
    const bool follows_start = row.previous == chain_start() && last_.seq != 0;
    if (before != recent_.rend() || follows_start) {
        const std::int64_t first = follows_start ? 1 : before->seq + 1;
        return find(ChainFault::inserted, first,
                    span_text(first, row.seq - 1) + (first == row.seq - 1 ? " was" : " were") +
                        " not written by AgentHub, or an older audit.head was put in the place of the real one: " +
                        row_text(row.seq) + " follows directly on row " + std::to_string(first - 1));
    }
    if (row.seq != last_.seq + 1)
        return find(ChainFault::deleted, last_.seq + 1,
                    span_text(last_.seq + 1, row.seq - 1) + (row.seq - 2 == last_.seq ? " is" : " are") + " missing");
    find(ChainFault::rewritten, last_.seq == 0 ? row.seq : last_.seq,
         row_text(last_.seq == 0 ? row.seq : last_.seq) +
             " was changed, and its hash too: the next row does not fit it");
    open_ = last_.seq != 0;
}

ChainFinding ChainWalk::finish(const ChainPoint& expected) {
    if (found_)
        return *found_;
    if (last_ == expected)
        return {};
    if (last_.seq < expected.seq)
        return {ChainFault::truncated, last_.seq + 1,
                span_text(last_.seq + 1, expected.seq) + (last_.seq + 1 == expected.seq ? " is" : " are") +
                    " missing: the end of the record was cut off"};
    if (last_.seq > expected.seq)
        return {ChainFault::inserted, expected.seq + 1,
                span_text(expected.seq + 1, last_.seq) + (expected.seq + 1 == last_.seq ? " stands" : " stand") +
                    " behind the end that audit.head names: "
                    "somebody added them, or put an older audit.head in the place of the real one"};
    return {ChainFault::rewritten, last_.seq,
            row_text(last_.seq) + " is not the one that audit.head names: the end of the record was written anew"};
}

}  // namespace agenthub

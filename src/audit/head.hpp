// Where the chain ends, kept beside the database: what makes a cut at the end, and a chain that was made anew, visible.
// Values and pure functions; read and written by AuditStore.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/record.hpp"
#include "base/error.hpp"

namespace agenthub {

struct ChainPoint {
    std::int64_t seq = 0;
    std::string hash{chain_start()};
    bool operator==(const ChainPoint&) const = default;
};

// Before rows are committed the head says what they will be, and after it that they are: so a crash between the two is
// told from rows that somebody cut off or added.
struct ChainHead {
    ChainPoint last;  // the last row that is known to be in the database
    ChainPoint next;  // the last row once what is being written is there; seq 0: nothing is
    // Some rows' hashes, by which a rewritten part is found: all of the newest, ever fewer of those before.
    std::vector<ChainPoint> marks;

    void add_mark(ChainPoint point);
    // Drops what has become too dense; for ten million rows some 400 are left.
    void thin_marks();
    bool operator==(const ChainHead&) const = default;
};

std::string to_text(const ChainHead& head);
// errc::io_error, without the file's name: it is not what to_text() writes.
result<ChainHead> read_head(std::string_view text);

// A point that somebody has kept elsewhere: "SEQ:HASH". errc::invalid_params.
result<ChainPoint> read_chain_point(std::string_view text);
std::string to_text(const ChainPoint& point);

}  // namespace agenthub

// What rows have in common as far as counts and filters are concerned, and the buckets that they are counted in.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// 1024 consecutive ids are a bucket: id >> kBucketBits.
inline constexpr int kBucketBits = 10;
// Kinds that are told apart. Of a row that would make one more only part is kept in the counts: its client is left out
// first, then everything.
inline constexpr std::size_t kMaxKinds = 8192;
inline constexpr std::size_t kMaxFullKinds = 6144;

// What filters look at.
struct RowKind {
    std::string_view method, client, server, tool, outcome;
    int status = 0;
};

enum class Fold : std::uint8_t { none, client, all };  // what a kind leaves out

struct Kind {
    std::string method, client, server, tool, outcome;
    int status = 0;
    Fold fold = Fold::none;
    std::int64_t rows = 0;
    bool used = false;
};

// What tells kinds apart; what a kind leaves out is not part of it.
void make_key(std::string& key, const RowKind& row, Fold fold);
Kind kind_from(const RowKind& row, Fold fold);
RowKind view_of(const Kind& kind);

// The rows of one kind in a bucket; `first` and `last` are places in it.
struct KindCount {
    std::uint16_t kind = 0, rows = 0, first = 0, last = 0;
};

struct Bucket {
    std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
    bool counted = true;  // false: written by a version that did not count; its rows must be looked at
    std::vector<KindCount> kinds;
};

// 64 buckets are a stretch, which is passed over as a whole where that is enough.
inline constexpr int kStretchBits = 6;

struct Stretch {
    std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
    bool counted = true;              // all of its buckets are
    std::vector<std::uint32_t> rows;  // by kind
};

// Where rows that match may be.
struct BucketHit {
    std::int64_t bucket = 0;
    std::int64_t first_id = 0, last_id = 0;
    std::int64_t rows = 0;  // that match for certain by their kind
    bool folded = false;    // and there are some of which the counts do not say
    bool cut = false;       // and of them all the time decides, or nobody has counted them: rows says nothing
};

}  // namespace agenthub

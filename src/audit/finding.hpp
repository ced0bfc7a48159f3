// What is wrong with the chain, and what a verification says of it.
// Values.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace agenthub {

enum class ChainFault : std::uint8_t {
    none,
    edited,     // a row is not what was hashed
    deleted,    // a row is missing
    inserted,   // a row that AgentHub did not write
    rewritten,  // a row fits its own hash, but the chain is another one from there on
    truncated,  // the last rows are missing
    head,       // audit.head is missing, damaged or another: the rows themselves are consistent
    anchor,     // the chain is consistent, but not the one that somebody has kept a point of
};

std::string_view to_string(ChainFault fault) noexcept;

struct ChainFinding {
    ChainFault fault = ChainFault::none;
    std::int64_t row = 0;  // the first that is wrong; 0: none can be named
    std::string message;   // a sentence for a person
};

struct Verification {
    ChainFinding finding;
    std::int64_t rows = 0;       // that were read
    std::int64_t unix_ms = 0;    // when it began
    std::string checksum;        // the hash of the last row that was read
    std::string previous;        // that of the verification before, which found everything well; may be empty
    std::int64_t incidents = 0;  // rows with action "integrity.failure": what was found earlier
    std::int64_t duration_ms = 0;
    bool valid() const noexcept { return finding.fault == ChainFault::none; }
};

}  // namespace agenthub

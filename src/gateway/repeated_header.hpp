// What the requests of one connection have in common. A client repeats its header byte by byte from call to call, but
// for the value of Content-Length; what was found out about it once need not be found out again.
// Pure; owned by the connection.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/give_back.hpp"

namespace agenthub {

class RepeatedHeader {
public:
    // What stands at the beginning of the bytes that have come.
    struct Match {
        std::size_t header_bytes = 0;  // with the empty line
        std::size_t body_bytes = 0;    // as Content-Length says; 0 without one
    };

    // Remembers `header`, the bytes of a header with its empty line, unless it is too long or it is not its
    // Content-Length alone that says how long the body is: with another framing field, or two of them, nothing is
    // remembered (RFC 9112 section 6).
    void keep(std::string_view header);
    void forget() noexcept { header_.clear(); }
    void release_memory() noexcept { give_back(header_); }

    // The remembered header in front of a whole body; nothing if the bytes are anything else, or fewer.
    std::optional<Match> match(std::string_view bytes) const noexcept;

private:
    std::string header_;      // empty: none
    std::size_t before_ = 0;  // the bytes in front of the length's digits
    std::size_t digits_ = 0;  // how many there were; 0: there is no Content-Length
};

}  // namespace agenthub

// Points in time as people and programs write them in a query: one reader for every route that takes one.
// Pure functions.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

// The point in time in milliseconds since the epoch. `text` is one of
//   2026-07-28T12:34:56.789Z   RFC 3339, with an offset; a blank may stand for the 'T', and for the '+' of the offset,
//                              which is what an unescaped '+' becomes in a query
//   2026-07-28                 midnight, UTC
//   1785242096                 seconds since the epoch, also with a fraction; from 10^11 on they are milliseconds
//   15m                        so long before `now_ms`: ms, s, m, h, d or w
// Errors: errc::invalid_params for anything else, and for times before 1970 or after 9999.
result<std::int64_t> read_time(std::string_view text, std::int64_t now_ms);

}  // namespace agenthub

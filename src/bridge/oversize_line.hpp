// Whose answer was that line which was too long to keep? Its ends tell, if they can be read without guessing.
// Pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace agenthub {

// The integer id of a reply of which only the first and last bytes are known. Read from the head when nothing but
// "jsonrpc" stands before it, or from the tail when nothing but "jsonrpc" stands behind it; a line that does not begin
// as a reply has none.
std::optional<std::uint64_t> id_of_oversize_line(std::string_view head, std::string_view tail);

}  // namespace agenthub

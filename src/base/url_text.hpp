// Text as part of a URL.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// `text` as one segment of a path (RFC 3986 section 3.3).
std::string path_segment(std::string_view text);

}  // namespace agenthub

// Other spellings of a text, read back: JSON escapes and percent-encoding, with the way back to the original bytes.
// Pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// What a text says, and where in it each byte of that was written. Bytes that one escape stands for have one place.
struct ReadBack {
    std::string text;
    std::vector<std::uint32_t> places;  // of each byte, and of the end
};

// nullopt when the text has no such spelling in it. What is no valid escape stands for itself.
std::optional<ReadBack> read_json_escapes(std::string_view text);
std::optional<ReadBack> read_percent_encoding(std::string_view text);

}  // namespace agenthub

// Keys of JSON objects that some libraries take for others.
// Pure functions.

#include "mcp/look_alike.hpp"

#include <algorithm>
#include <string>

namespace agenthub::mcp {
namespace {

// In lower case, as far as letters of ours are concerned: U+017F is a long s to those who fold Unicode's case.
std::string folded(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name.substr(i, 2) == "\xC5\xBF") {
            out += 's';
            ++i;
            continue;
        }
        out += name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] | 0x20) : name[i];
    }
    return out;
}

}  // namespace

bool is_look_alike(std::string_view name, std::initializer_list<std::string_view> keys) {
    constexpr std::size_t kLongest = 2 * std::string_view("arguments").size();
    if (name.size() > kLongest || std::find(keys.begin(), keys.end(), name) != keys.end())
        return false;
    return std::find(keys.begin(), keys.end(), folded(name)) != keys.end();
}

}  // namespace agenthub::mcp

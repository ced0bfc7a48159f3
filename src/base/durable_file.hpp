// Replaces a small file so that whoever looks, also after a crash at any instant, finds the old content or the new one.
// A function.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

enum class Durability {
    disk,   // blocks until the disk has it, and the directory knows
    cache,  // for what can be made again: after a power failure it may be empty or gone
};

// Writes beside the file, renames. A link is followed; the mode of a file that is there
// is kept, a new one gets 0600. errc::io_error: the old content is still there, unless the text says otherwise.
result<void> replace_file(const std::string& path, std::string_view content, Durability durability = Durability::disk);

}  // namespace agenthub

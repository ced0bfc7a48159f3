// Writes files below directories that an operator has allowed, and nowhere else, whatever the path and the directories
// are made of. A function.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

// Replaces the file `path`, or makes it and the directories on its way, so that whoever looks, also after a crash at
// any instant, finds the old content or the new one. Blocks until the disk has it. A relative path is below the first
// root, an absolute one must be below one of them. Neither ".." nor a symbolic link may stand in it: the way is taken
// directory by directory, each opened in the one before, so that nothing can be put under it meanwhile. Where it was
// written to, as an absolute path. Errors: errc::forbidden for a path that is not allowed, errc::io_error.
result<std::string> write_below(const std::vector<std::string>& roots, const std::string& path,
                                std::string_view content);

}  // namespace agenthub

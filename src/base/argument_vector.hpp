// What execve() and posix_spawn() take for arguments and environment.
// A pure function.

#pragma once

#include <string>
#include <vector>

namespace agenthub {

// Pointers into `texts`, which must stay as they are while these are used, and the null that ends them.
inline std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace agenthub

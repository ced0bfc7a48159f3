// Looks for the programs of AgentHub.
// Functions.

#include "base/own_programs.hpp"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

namespace agenthub {
namespace {

bool executable(const std::string& path) {
    return !path.empty() && ::access(path.c_str(), X_OK) == 0;
}

// With the slash at its end; empty without /proc.
std::string own_directory() {
    std::array<char, PATH_MAX> link{};
    const ssize_t size = ::readlink("/proc/self/exe", link.data(), link.size());
    const std::string_view self(link.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return std::string(self.substr(0, self.rfind('/') + 1));
}

}  // namespace

std::string own_program(std::string_view name) {
    return own_directory().append(name);
}

result<std::string> find_guard() {
    const std::string directory = own_directory();
    const char* const named = std::getenv("AGENTHUB_GUARD");
    for (const auto& path : {directory + "mcp-guard", directory + "../libexec/agenthub/mcp-guard",
                             std::string(named != nullptr ? named : "")}) {
        if (executable(path))
            return path;
    }
    return Error(errc::start_failed, "the program mcp-guard is neither in " + directory + " nor in " + directory +
                                         "../libexec/agenthub. Install it beside agenthub, or name it in "
                                         "$AGENTHUB_GUARD.");
}

}  // namespace agenthub

// Reads /proc/vmstat.
// No state.

#include "supervisor/memory_shortage.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "guard/cgroup.hpp"

namespace agenthub {

std::optional<std::int64_t> machine_oom_kills() {
    std::ifstream in("/proc/vmstat", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const long count = number_in_lines(text.data(), text.size(), "oom_kill");
    return count < 0 ? std::nullopt : std::optional<std::int64_t>(count);
}

}  // namespace agenthub

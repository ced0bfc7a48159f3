// Reads /proc/PID/{stat,status,task}.
// Functions without state.

#include "load/meter.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace agenthub::load {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::int64_t stat_us(const std::string& text) {
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos)
        return 0;
    std::istringstream fields(text.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field)  // proc(5): utime is the 14th
        fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return (user + system) * (1'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::int64_t status_kib(const std::string& status, const char* field) {
    const std::size_t at = status.find(field);
    return at == std::string::npos ? 0 : std::stoll(status.substr(at + std::string(field).size()));
}

std::int64_t run_time_ns(const std::filesystem::path& schedstat) {
    std::ifstream in(schedstat);
    std::int64_t ns = -1;
    return in >> ns ? ns : -1;
}

}  // namespace

ProcessUse read_use(pid_t pid) {
    const std::filesystem::path proc = std::filesystem::path("/proc") / std::to_string(pid);
    ProcessUse use;
    use.stat_us = stat_us(read_file(proc / "stat"));
    const std::string status = read_file(proc / "status");
    use.rss_kib = status_kib(status, "VmRSS:");
    use.peak_rss_kib = status_kib(status, "VmHWM:");
    use.main_ns = run_time_ns(proc / "task" / std::to_string(pid) / "schedstat");
    if (use.main_ns < 0)
        return use;
    use.sched_ns = 0;
    std::error_code failed;
    for (const auto& task : std::filesystem::directory_iterator(proc / "task", failed))
        use.sched_ns += std::max<std::int64_t>(run_time_ns(task.path() / "schedstat"), 0);
    return use;
}

std::int64_t own_cpu_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace agenthub::load

// Reads the limits of one server out of its entry.
// Pure functions; borrow the entry's reader.

#include "config/server_limits.hpp"

#include "config/object_reader.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr std::int64_t kPiB = kMiB * 1024 * 1024 * 1024;
constexpr IntegerRange kMemory{kMiB, kPiB};
constexpr IntegerRange kCoreFile{0, kPiB};
// Below it not even the loader of a program has what it opens; above no kernel allows it.
constexpr IntegerRange kDescriptors{16, 1 << 30};
constexpr IntegerRange kProcesses{1, 4194304};  // the kernel's own highest pid
constexpr IntegerRange kWeight{1, 10000};       // what cpu.weight takes

}  // namespace

ServerLimits read_server_limits(ObjectReader& entry, Findings& findings) {
    ServerLimits limits;
    if (const auto* section = entry.section("rlimits")) {
        ObjectReader reader(*section, entry.path_of("rlimits"), findings, ObjectReader::Nulls::absent);
        reader.read("nofile", limits.process.nofile, kDescriptors);
        reader.read("core", limits.process.core, kCoreFile);
        reader.read("as", limits.process.as, kMemory);
        reader.warn_unknown();
    }
    entry.read("memory_max", limits.cgroup.memory_max, kMemory);
    entry.read("pids_max", limits.cgroup.pids_max, kProcesses);
    entry.read("cpu_weight", limits.cgroup.cpu_weight, kWeight);
    return limits;
}

}  // namespace agenthub

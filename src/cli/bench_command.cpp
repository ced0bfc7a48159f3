// The load generator as a command.
// A function; owns what it needs while it runs.

#include "cli/bench_command.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <exception>
#include <istream>
#include <limits>
#include <ostream>

#include "load/generator.hpp"
#include "load/report.hpp"

namespace agenthub {
namespace {

// Each session is a descriptor, and the usual soft limit is 1024.
void allow_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int bench(const load::Options& options, const Console& console) {
    load::Generator generator(options);
    const load::Outcome outcome = generator.run();
    console.out << (options.json ? json_report(options, outcome) : human_report(options, outcome)) << std::flush;
    if (options.hold)
        console.in.ignore(std::numeric_limits<std::streamsize>::max());
    generator.end();
    return outcome.is_clean(options) ? kExitFine : kExitFailed;
}

}  // namespace

int run_bench(load::Options& options, const Console& console) {
    if (auto settled = settle(options); !settled)
        return fail(console, "bench", settled.error(), kExitUsage);
    // Otherwise a timer may be 50 us late, which an open loop would report as latency.
    ::prctl(PR_SET_TIMERSLACK, 1);
    allow_descriptors();
    try {
        return bench(options, console);
    } catch (const std::exception& error) {
        return fail(console, "bench", Error(errc::io_error, error.what()), kExitFailed);
    }
}

}  // namespace agenthub

// agenthub-load: calls a tool over MCP Streamable HTTP from many sessions and checks every answer.
// Exit code 0 when all answers were right, 1 when not, 2 for a wrong command line.

#include <sys/prctl.h>

#include <cstdio>
#include <exception>

#include "bench/load/generator.hpp"
#include "bench/load/report.hpp"

namespace {

int run(const agenthub::load::Options& options) {
    // Otherwise a timer may be 50 us late, which an open loop would report as latency.
    ::prctl(PR_SET_TIMERSLACK, 1);
    const auto outcome = agenthub::load::Generator(options).run();
    const std::string report = options.json ? json_report(options, outcome) : human_report(options, outcome);
    std::fputs(report.c_str(), stdout);
    return outcome.is_clean(options) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    const auto options = agenthub::load::parse_options(argc, argv, exit_code);
    if (!options)
        return exit_code;
    try {
        return run(*options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "agenthub-load: %s\n", error.what());
        return 1;
    }
}

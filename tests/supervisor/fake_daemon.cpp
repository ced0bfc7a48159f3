// Stands in for the daemon so that a test can kill it: launches servers, prints their processes, and waits.
// Arguments: GUARD PROBE COUNT. Prints one line per server: GRANDCHILD SERVER GUARD.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "supervisor/child_process.hpp"

namespace agenthub {
namespace {

// Reads the probe's line without waiting for the loop: this program has nothing else to do.
std::string read_line(const ChildPipes& pipes) {
    std::string line;
    for (char byte = 0; byte != '\n';) {
        if (::read(pipes.stdout_read.get(), &byte, 1) == 1 && byte != '\n')
            line += byte;
    }
    return line;
}

awaitable<void> play(GuardReaper& reaper, std::string guard, std::string probe, int count) {
    std::vector<std::unique_ptr<ChildProcess>> servers;
    std::vector<ChildPipes> pipes;
    for (int i = 0; i < count; ++i) {
        LaunchSpec spec;
        spec.command = probe;
        spec.args.emplace_back("grandchild-and-stay");
        spec.guard_path = guard;
        auto launched = co_await ChildProcess::launch(reaper, std::move(spec), Deadline());
        if (!launched)
            std::abort();
        servers.push_back(std::move(*launched));
        pipes.push_back(servers.back()->take_pipes());
        std::printf("%s %d\n", read_line(pipes.back()).c_str(), servers.back()->guard_pid());
    }
    std::fflush(stdout);
    co_await servers.front()->wait_gone();
}

}  // namespace
}  // namespace agenthub

int main(int argc, char** argv) {
    if (argc != 4)
        return 64;
    agenthub::asio::io_context loop;
    agenthub::GuardReaper reaper(loop.get_executor());
    agenthub::run_to_end(loop, agenthub::play(reaper, argv[1], argv[2], std::atoi(argv[3])));
    return 1;
}

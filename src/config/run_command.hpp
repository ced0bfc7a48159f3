// Runs a program for what it writes, within a limit of time, and leaves nothing of it behind.
// Functions and values.

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"

namespace agenthub {

struct CommandCall {
    std::vector<std::string> argv;                         // the program is looked for in PATH; no shell
    std::vector<std::pair<std::string, std::string>> env;  // added to this process's own
    Duration timeout{};
    std::size_t max_bytes = 65536;  // of standard output
};

struct CommandOutcome {
    int status = 0;   // as waitpid(2) has it
    std::string out;  // standard output
    std::string err;  // the beginning of standard error

    bool succeeded() const noexcept { return status == 0; }
    // "exit code 1", "signal 9".
    std::string status_text() const;
};

// Runs it below an mcp-guard of its own, with an empty standard input, and returns when it has ended and all that it
// started is gone: killed, if need be, at its end or at the timeout. Blocks; any thread.
// errc::start_failed: it cannot be run. errc::timeout, errc::too_large: it was killed. errc::io_error: no pipe, no
// process. No message carries anything of its arguments but the program.
result<CommandOutcome> run_command(const CommandCall& call);

// From now on none is run, and those that run are killed, with errc::cancelled: this process is ending. Any thread.
void stop_commands() noexcept;

}  // namespace agenthub

// What to run: one server's command line and surroundings, and the sentences for what may be wrong with them.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "config/server_limits.hpp"
#include "guard/protocol.hpp"

namespace agenthub {

struct LaunchSpec {
    std::string command;            // a name looked up in the PATH of `env`, or a path; relative ones start at `cwd`
    std::vector<std::string> args;  // handed over as they are: no shell, no splitting, no expansion
    std::vector<std::pair<std::string, std::string>> env;  // the complete environment, nothing is inherited
    std::string cwd;                                       // empty: the daemon's own
    std::string guard_path;                                // the mcp-guard program, see find_guard()
    ProcessLimits limits;
    std::string cgroup;  // directory of the server's own control group; empty: none. The guard removes it at the end
    // How often this machine ran out of memory (see machine_oom_kills()) before the start; nullopt: not to be asked.
    std::optional<std::int64_t> oom_kills_before;
    // What messages show instead of command and cwd, whose variables may have been secrets; empty: those themselves.
    std::string written_command;
    std::string written_cwd;

    const std::string& shown_command() const noexcept { return written_command.empty() ? command : written_command; }
    const std::string& shown_cwd() const noexcept { return written_cwd.empty() ? cwd : written_cwd; }
};

// Refuses what cannot be handed to a process: an empty command, a NUL byte anywhere, an environment name that is empty
// or contains '='. errc::start_failed.
result<void> check_launch_spec(const LaunchSpec& spec);

// What the guard reported, as errc::start_failed with a sentence that says what to mend in the configuration;
// errc::busy when the machine had no process to give.
Error launch_error(const LaunchSpec& spec, GuardStage stage, int errno_value);

}  // namespace agenthub

// What must be settled before the loop runs: configuration, state directory, process-wide settings.
// Plain functions and values, owned by app.

#pragma once

#include <string>

#include "base/unique_fd.hpp"
#include "cli/cli.hpp"
#include "config/config.hpp"

namespace agenthub {

// The configuration with the command line's words applied. On failure the text says all that is wrong.
result<Config> configure(const ServeOptions& options);

// The state directory, made if need be and locked: one daemon per directory.
struct StateDir {
    std::string path;
    UniqueFd lock;  // held as long as the daemon runs
};
// Errors: errc::invalid_config, errc::io_error; when another daemon has it, the text names that one's pid.
result<StateDir> open_state_dir(const ServeOptions& options, const Config& config);

// Ignores SIGPIPE and SIGHUP, raises the descriptor limit, makes this process the reaper of its descendants.
void prepare_process();

}  // namespace agenthub

// What must be settled before the loop runs: configuration, state directory, process-wide settings.
// Plain functions and values, owned by app.

#pragma once

#include <spdlog/common.h>

#include <memory>
#include <string>

#include "base/unique_fd.hpp"
#include "cli/cli.hpp"
#include "config/environment.hpp"
#include "config/parse.hpp"
#include "enhance/prompt_store.hpp"
#include "supervisor/cgroup_tree.hpp"

namespace agenthub {

// The configuration with the command line's words applied. Blocks on files and on the programs that tell secrets.
ConfigResult configure(const ServeOptions& options, const Environment& environment = process_environment());

// An empty file of servers where $MCP_SERVERS_CONFIG names one that does not exist.
void make_servers_file(const Config& config);

void log_warnings(const Config& config);
spdlog::level::level_enum log_level(const LogConfig& config);

// The state directory, made if need be and locked: one daemon per directory.
struct StateDir {
    std::string path;
    UniqueFd lock;  // held as long as the daemon runs
};
// Errors: errc::invalid_config, errc::io_error; when another daemon has it, the text names that one's pid.
result<StateDir> open_state_dir(const ServeOptions& options, const Config& config);

// The better prompts that an earlier daemon made, where they are to be kept; null: they are not, or cannot be.
std::unique_ptr<PromptStore> open_prompts(const Config& config, const std::string& state_dir);

// The control groups for the servers, with a line in the log that says where they are, or why there are none.
CgroupTree open_cgroups(const Config& config);

// Ignores SIGPIPE and SIGXFSZ, and SIGHUP until somebody waits for it, raises the descriptor limit, makes this process
// the reaper of its descendants.
void prepare_process();

}  // namespace agenthub

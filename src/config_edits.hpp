// Adds a server to the configuration's files and takes one out.
// Functions that block on files, and on the programs that tell secrets: for off-loop work.

#pragma once

#include <string>

#include "config/edit.hpp"
#include "daemon_setup.hpp"

namespace agenthub {

// Writes the server into config.servers_file. What the configuration is then; errors, and nothing is written, as
// ConfigControl::install().
result<Config> add_to_files(const ServeOptions& options, const Config& config, const NewServer& server);

// Takes the server out of whichever file has it. Errors as ConfigControl::remove().
result<Config> remove_from_files(const ServeOptions& options, const Config& config, const std::string& name);

}  // namespace agenthub

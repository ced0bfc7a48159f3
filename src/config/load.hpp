// Finds and reads the configuration file, and decides where the state lives.
// Blocks on files through the Environment: for start-up, and off the loop.

#pragma once

#include <optional>
#include <string>

#include "config/config_files.hpp"
#include "config/parse.hpp"

namespace agenthub {

// Reads the first of: `explicit_path`, $AGENTHUB_CONFIG, $XDG_CONFIG_HOME/agenthub/agenthub.json (else under
// $HOME/.config), /etc/agenthub/agenthub.json; without any, the defaults. A file that is named and does not exist is a
// fault, one that is looked for is skipped; a file that exists and cannot be read is a fault either way.
ConfigResult load_config(const std::optional<std::string>& explicit_path, const Environment& environment);

// Where databases and catalogues live: --state-dir (`cli_value`), "state_dir", $STATE_DIRECTORY (systemd; the first of
// its list), $XDG_STATE_HOME/agenthub, $HOME/.local/state/agenthub. errc::invalid_config when nothing tells.
result<std::string> resolve_state_dir(const std::optional<std::string>& cli_value, const Config& config,
                                      const Environment& environment);

}  // namespace agenthub

// The configuration for people (`agenthub check-config`), secrets hidden.
// Pure function.

#pragma once

#include <string>

#include "config/config.hpp"

namespace agenthub {

// What would run: addresses, each server, every setting with its value in force, then the warnings. Of "env" only the
// names; of command and arguments the text in the file, so nothing that came out of a variable is shown.
std::string describe_config(const Config& config);

}  // namespace agenthub

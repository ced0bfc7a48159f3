// Configuration text to typed configuration.
// Pure but for what the Environment given to it does.

#pragma once

#include <boost/system/result.hpp>

#include <string_view>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace agenthub {

using ConfigResult = boost::system::result<Config, ConfigFaults>;

// The typed configuration with its warnings, or every fault. A broken server entry disables that server and is a
// warning; anything else that is wrong is a fault. Empty text means the defaults. `path` is where the text stands,
// empty for nowhere. Reads the other files that are named, and gets the secrets that are referred to: blocks.
ConfigResult parse_config(std::string_view text, const Environment& environment, const std::string& path = {});

}  // namespace agenthub

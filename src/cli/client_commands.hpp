// The commands for AI clients as they are typed: connect and stdio.
// Functions of the command line; it owns the options they fill.

#pragma once

#include <optional>
#include <string>

#include "cli/connect_command.hpp"

namespace CLI {
class App;
}

namespace agenthub {

// As typed, but for `url`: the address to use, "http://host:port/prefix" or "unix:/path"; and `listen`: how serve would
// be told to be there, when somebody has named the address and it is one to listen on.
struct StdioOptions {
    std::optional<std::string> server, view;  // an endpoint instead of the one for all
    std::optional<std::string> url_option;
    std::string url;
    std::optional<std::string> listen;
    bool autostart = false;
    bool url_named = false;  // by the option or $AGENTHUB_URL
};

CLI::App* add_connect(CLI::App& app, ConnectOptions& options, const char* url_help);
CLI::App* add_stdio(CLI::App& app, StdioOptions& options, const char* url_help);

}  // namespace agenthub

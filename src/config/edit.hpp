// Adds a server to a configuration's text and takes one out.
// Pure functions: text in, text out. Comments, order and spacing of everything else stay.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

struct NewServer {
    std::string name;
    std::string package;  // of the npm registry, run by npx
    std::string description;
    bool auto_start = false;
};

// The package's name without scope, version, and every "-mcp": "@x/foo-mcp@1.2" → "foo". May be no valid name.
std::string server_name_of(std::string_view package);

// True for what `npx -y PACKAGE` takes from the registry: no option, no path, no variable.
bool is_registry_package(std::string_view package) noexcept;

// The text with one server more. errc::invalid_request when there is one of that name, errc::invalid_config when the
// text is no configuration.
result<std::string> with_server(std::string_view text, const NewServer& server);

// The text without that server. errc::server_unknown when there is none, errc::invalid_config as above.
result<std::string> without_server(std::string_view text, std::string_view name);

}  // namespace agenthub

// Changing the configuration's files: read, changed, checked as a whole, and only then written.
// Functions for off-loop work.

#include "config_edits.hpp"

#include <algorithm>
#include <utility>

#include "base/durable_file.hpp"
#include "config/load.hpp"

namespace agenthub {
namespace {

Error no_file() {
    return {
        errc::io_error,
        "AgentHub runs without a configuration file for servers, so there is nowhere to write to; make one, with {} "
        "in it, where `agenthub serve --help` says, and run `agenthub reload`"};
}

result<std::string> text_of(const std::string& file, const Config& config) {
    auto text = process_environment().read_file(file, kMaxConfigBytes);
    if (!text)
        return Error(errc::io_error, file + " " + text.error().message);
    if (text->has_value())
        return std::move(**text);
    if (file != config.source_path)  // a file of servers need not be there
        return std::string("{}");
    return Error(errc::io_error, file + " does not exist any more");
}

// The configuration as it would be with `text` in `file`.
result<Config> configured_with(const ServeOptions& options, const std::string& file, const std::string& text) {
    Environment environment = process_environment();
    const auto read_file = environment.read_file;
    environment.read_file = [&](const std::string& path, std::size_t limit) -> result<std::optional<std::string>> {
        if (path == file)
            return std::optional<std::string>(text);
        return read_file(path, limit);
    };
    auto config = configure(options, environment);
    if (config.has_error())
        return Error(errc::invalid_config, config.error().text());
    return std::move(*config);
}

}  // namespace

result<Config> add_to_files(const ServeOptions& options, const Config& config, const NewServer& server) {
    const std::string& file = config.servers_file;
    if (file.empty())
        return no_file();
    const auto before = text_of(file, config);
    if (!before)
        return before.error();
    const auto after = with_server(*before, server);
    if (!after)
        return after.error();
    auto wanted = configured_with(options, file, *after);
    if (!wanted)
        return wanted.error();
    const auto added = std::find_if(wanted->servers.begin(), wanted->servers.end(),
                                    [&server](const ServerConfig& other) { return other.name == server.name; });
    if (added == wanted->servers.end())
        return Error(errc::invalid_params,
                     "it would be no server: an entry whose name begins with \"_\" is a comment; choose another name");
    if (!added->disabled_reason.empty())
        return Error(errc::invalid_params, "it could not run: " + added->disabled_reason);
    if (auto written = replace_file(file, *after); !written)
        return written.error();
    return wanted;
}

result<Config> remove_from_files(const ServeOptions& options, const Config& config, const std::string& name) {
    if (config.servers_file.empty())
        return no_file();
    std::string file = config.servers_file;
    result<std::string> after = Error();
    // The configuration file wins where both have it.
    for (const std::string& candidate : {config.source_path, config.servers_file}) {
        if (candidate.empty())
            continue;
        const auto before = text_of(candidate, config);
        if (!before)
            return before.error();
        after = without_server(*before, name);
        file = candidate;
        if (after || after.error().code != errc::server_unknown)
            break;
    }
    if (!after)
        return after.error();
    auto wanted = configured_with(options, file, *after);
    if (!wanted)
        return wanted.error();
    if (auto written = replace_file(file, *after); !written)
        return written.error();
    return wanted;
}

}  // namespace agenthub

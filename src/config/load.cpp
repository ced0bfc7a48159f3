// Finds and reads the configuration file, and decides where the state lives.
// Blocks on files through the Environment: for start-up, and off the loop.

#include "config/load.hpp"

#include <utility>
#include <vector>

namespace agenthub {
namespace {

// The variable when it holds an absolute path; the XDG base directory specification says to ignore any other.
std::optional<std::string> absolute(const Environment& environment, std::string_view name) {
    auto value = environment.non_empty(name);
    if (value && !value->starts_with('/'))
        return std::nullopt;
    return value;
}

std::vector<std::string> search_path(const Environment& environment) {
    std::vector<std::string> paths;
    if (const auto xdg = absolute(environment, "XDG_CONFIG_HOME"))
        paths.push_back(*xdg + "/agenthub/agenthub.json");
    else if (const auto home = absolute(environment, "HOME"))
        paths.push_back(*home + "/.config/agenthub/agenthub.json");
    paths.emplace_back("/etc/agenthub/agenthub.json");
    return paths;
}

ConfigFaults file_fault(const std::string& path, std::string message) {
    return {path, {{path, std::move(message)}}};
}

// nullopt: there is no such file.
std::optional<ConfigResult> load_file(const std::string& path, const Environment& environment) {
    const auto text = environment.read_file(path, kMaxConfigBytes);
    if (text.has_error())
        return file_fault(path, text.error().message);
    if (!text->has_value())
        return std::nullopt;
    auto parsed = parse_config(**text, environment, path);
    if (parsed.has_value())
        return parsed;
    ConfigFaults faults = parsed.error();
    faults.source_path = path;
    return faults;
}

ConfigResult load_named(const std::string& path, std::string_view named_by, const Environment& environment) {
    if (auto loaded = load_file(path, environment))
        return std::move(*loaded);
    return file_fault(path, "does not exist; it is named by " + std::string(named_by));
}

}  // namespace

ConfigResult load_config(const std::optional<std::string>& explicit_path, const Environment& environment) {
    if (explicit_path)
        return load_named(*explicit_path, "the command line", environment);
    if (const auto path = environment.non_empty("AGENTHUB_CONFIG"))
        return load_named(*path, "$AGENTHUB_CONFIG", environment);
    for (const std::string& path : search_path(environment))
        if (auto loaded = load_file(path, environment))
            return std::move(*loaded);
    return parse_config("", environment);
}

result<std::string> resolve_state_dir(const std::optional<std::string>& cli_value, const Config& config,
                                      const Environment& environment) {
    if (cli_value && !cli_value->empty())
        return *cli_value;
    if (!config.state_dir.empty())
        return config.state_dir;
    if (const auto directories = environment.non_empty("STATE_DIRECTORY"))
        return directories->substr(0, directories->find(':'));
    if (const auto xdg = absolute(environment, "XDG_STATE_HOME"))
        return *xdg + "/agenthub";
    if (const auto home = absolute(environment, "HOME"))
        return *home + "/.local/state/agenthub";
    return Error(errc::invalid_config,
                 "no directory for the state: neither $STATE_DIRECTORY nor $XDG_STATE_HOME nor $HOME is set; "
                 "give --state-dir or \"state_dir\" in the configuration");
}

}  // namespace agenthub

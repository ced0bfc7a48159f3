// What the configuration asks of its surroundings: a variable, a file, what a program says. Tests give fixed ones.
// A value holding functions; process_environment() is the real one.

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "config/run_command.hpp"

namespace agenthub {

struct Environment {
    // nullopt: not set.
    std::function<std::optional<std::string>(std::string_view name)> variable;

    // The whole file, at most `limit` bytes. nullopt: there is no such file. errc::io_error: it cannot be read,
    // errc::too_large: it is longer; either with the reason but without the path.
    std::function<result<std::optional<std::string>>(const std::string& path, std::size_t limit)> read_file;

    // What a program says; may be empty, then there are no programs. Thread-safe, as the other two.
    std::function<result<CommandOutcome>(const CommandCall& call)> run;

    // Every variable, which servers inherit; may be empty, then they inherit none that matters.
    std::function<std::vector<std::pair<std::string, std::string>>()> variables;

    // As read_file, but what does not come by `deadline` is not waited for: errc::io_error. May be empty, then
    // read_file does it.
    std::function<result<std::optional<std::string>>(const std::string& path, std::size_t limit, Deadline deadline)>
        read_file_by;

    // The variable when it is set and not empty: what most of the search orders ask for.
    std::optional<std::string> non_empty(std::string_view name) const;
};

// The environment, the files and the programs of this process. It blocks: for start-up and off-loop work only.
Environment process_environment();

}  // namespace agenthub

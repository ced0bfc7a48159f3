// One thing wrong with the configuration, and where; and a whole refused configuration.
// Values; no ownership.

#pragma once

#include <boost/assert/source_location.hpp>

#include <string>
#include <vector>

namespace agenthub {

// Never carries the value of an environment variable or of a secret.
struct Fault {
    std::string path;     // "mcpServers.everything.args[1]", a file name, "$PORT"; empty for the file as a whole
    std::string message;  // what was found and what is allowed

    // "path: message".
    std::string text() const;
    bool operator==(const Fault&) const = default;
};

// What reading collects. Faults refuse (the daemon, or the one server), warnings are told and lived with.
struct Findings {
    std::vector<Fault> faults;
    std::vector<Fault> warnings;
    std::vector<std::string> secrets;  // values that nobody may see; see config/secret_names.hpp
};

// Why a configuration was refused; never empty.
struct ConfigFaults {
    std::string source_path;  // the file; empty when no file was read
    std::vector<Fault> faults;

    // For a person: the file, then one fault per line, then what to do.
    std::string text() const;
};

// Thrown by value() on a refused configuration that the caller held for impossible: a bug.
[[noreturn]] void throw_exception_from_error(const ConfigFaults& faults, const boost::source_location& where);

}  // namespace agenthub

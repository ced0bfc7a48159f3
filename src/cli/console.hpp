// What every command writes to and returns: three streams and the exit codes.
// References; the caller of run_cli owns the streams.

#pragma once

#include <iosfwd>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

inline constexpr int kExitFine = 0;
inline constexpr int kExitFailed = 1;  // the operation failed
inline constexpr int kExitUsage = 2;   // the command line, the environment or the configuration is wrong

struct Console {
    std::istream& in;
    std::ostream& out;  // results only
    std::ostream& err;  // everything else
};

// Prints "agenthub COMMAND: MESSAGE" to console.err and returns `exit_code`.
int fail(const Console& console, std::string_view command, const Error& error, int exit_code);

// `text` with every control character replaced by a space: what servers write must not steer the terminal.
std::string one_line(std::string_view text);

}  // namespace agenthub

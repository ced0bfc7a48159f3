// The command line of the hostile server: faults that are there from the start.
// A value, made once by main.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace agenthub::test {

// Counters named *_after count tools/call requests.
struct Options {
    std::optional<int> exit_at_start;                // exits with this code before it reads anything
    std::optional<int> exit_at_initialize;           // exits with this code when initialize arrives
    std::optional<std::string> version;              // protocolVersion of the initialize result, whatever was asked
    std::optional<std::int64_t> crash_after;         // aborts when one call more than this arrives
    std::optional<std::int64_t> stop_reading_after;  // leaves stdin alone after this many calls
    std::string name = "hostile";
    std::string era = "legacy";  // or "modern": 2026-07-28, without initialize
    std::string modern_if;       // is "modern" when this file exists at the start
    std::string start_file;      // its pid is appended, one a line: counts the starts
    std::string extra_tool_if;   // offers the tool "extra" besides, when this file exists at the start
    std::string stderr_text;     // written to stderr, with a newline, before anything else
    std::int64_t slow_start_ms = 0;
    std::int64_t lifetime_s = 300;  // the end of every process this program makes, whatever else it was told
    bool silent = false;            // never answers initialize
    bool die_on_probe = false;      // exits with code 3 when server/discover arrives
    bool hang_on_probe = false;     // reads nothing more then
    bool fail_handshake = false;    // answers initialize with an error
    bool ignore_term = false;       // lives on after EOF, SIGTERM, SIGINT and SIGHUP
    bool no_subscribe = false;      // no resources.subscribe capability; the method is unknown
    bool no_ping = false;           // never answers ping
    bool ask_at_start = false;      // sends roots/list and ping to the client after notifications/initialized
    bool grandchild = false;        // forks the same grandchild as the tool fork_grandchild at start
};

// The options, or a sentence that says what is wrong in `fault`.
Options parse_options(int argc, char** argv, std::string& fault);

}  // namespace agenthub::test

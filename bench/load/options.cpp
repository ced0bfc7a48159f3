// Command line of agenthub-load.
// Pure.

#include "bench/load/options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

namespace agenthub::load {
namespace {

// http://HOST[:PORT]/PATH with a numeric IPv4 host or localhost.
void split_url(Options& options) {
    constexpr std::string_view scheme = "http://";
    if (!options.url.starts_with(scheme))
        throw CLI::ValidationError("--url", "must begin with http://");
    const std::string rest = options.url.substr(scheme.size());
    const std::size_t slash = rest.find('/');
    const std::string authority = rest.substr(0, slash);
    const std::size_t colon = authority.find(':');
    options.host = authority.substr(0, colon);
    if (options.host == "localhost")
        options.host = "127.0.0.1";
    options.path = slash == std::string::npos ? "/" : rest.substr(slash);
    options.port = 80;
    if (colon == std::string::npos)
        return;
    const char* end = authority.data() + authority.size();
    const auto [stop, error] = std::from_chars(authority.data() + colon + 1, end, options.port);
    if (error != std::errc() || stop != end || options.port < 1 || options.port > 65535)
        throw CLI::ValidationError("--url", "has no valid port");
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
    Options options;
    CLI::App app("Calls a tool over MCP Streamable HTTP and checks every answer. Exit code 1 on any wrong one.",
                 "agenthub-load");
    // A script's defaults come first and may be overridden.
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.add_option("--url", options.url, "MCP endpoint")->capture_default_str();
    app.add_option("--sessions", options.sessions, "sessions, each on its own connection")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    app.add_option("--calls", options.calls, "calls over all sessions")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--rate", options.rate,
                   "calls per second (open loop); without it each session calls as fast as it can")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--payload", options.payload, "bytes of text per call")->capture_default_str();
    app.add_option("--tool", options.tool, "a tool that returns its argument text")->capture_default_str();
    app.add_option("--ms", options.ms, "argument ms of the call (bench-echo-server's sleep)");
    app.add_option("--bytes", options.bytes,
                   "argument bytes of the call (bench-echo-server's blob): size of the answer");
    app.add_flag("--sse", options.sse, "ask for progress: the reply becomes an event stream, its token is checked");
    app.add_option("--timeout", options.timeout_s, "seconds without any answer before giving up")
        ->capture_default_str();
    app.add_option("--pid", options.pid, "process id of the daemon: its CPU time and memory are reported");
    app.add_flag("--json", options.json, "report as one JSON object");
    try {
        app.parse(argc, argv);
        split_url(options);
    } catch (const CLI::Error& stop) {
        exit_code = app.exit(stop) == 0 ? 0 : 2;
        return std::nullopt;
    }
    return options;
}

}  // namespace agenthub::load

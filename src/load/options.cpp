// The command line of `agenthub bench`.
// Pure.

#include "load/options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "load/raw_json.hpp"

namespace agenthub::load {
namespace {

void add_shape(CLI::App& command, Options& options) {
    command.add_option("--sessions", options.sessions, "Sessions, each on its own connection")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    command.add_option("--calls", options.calls, "Calls over all sessions; 0: only the sessions")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        .add_option("--rate", options.rate,
                    "Calls per second (open loop; latencies count from when a call was due); without it each session "
                    "calls as fast as it can")
        ->check(CLI::NonNegativeNumber);
    auto* modern = command.add_flag("--modern", options.modern, "Speak revision 2026-07-28, which has no sessions");
    command
        .add_flag("--http-sse", options.http_sse,
                  "Speak the transport HTTP+SSE of revision 2024-11-05; --url names its stream, as .../mcp/NAME/sse")
        ->excludes(modern);
    command.add_flag("--reconnect", options.reconnect, "Open a new connection for each call");
    command.add_flag("--hold", options.hold, "Keep the sessions open after the report, until standard input ends");
    command.add_option("--wait", options.wait_s, "Seconds to wait for somebody who listens at the address")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--timeout", options.timeout_s, "Seconds without any answer before giving up")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--pid", options.pid, "Process id of the daemon: its CPU time and memory are reported");
    command.add_flag("--json", options.json, "Report as one JSON object");
}

void add_call(CLI::App& command, Options& options) {
    command.add_option("--tool", options.tool, "A tool that returns its argument text")->capture_default_str();
    auto* arguments = command.add_option(
        "--arguments", options.arguments,
        "Arguments of any other tool, a JSON object: of its answers only id and success are checked");
    command.add_option("--payload", options.payload, "Bytes of text per call")
        ->check(CLI::Range(0, 1 << 30))
        ->capture_default_str()
        ->excludes(arguments);
    command.add_option("--ms", options.ms, "Argument ms of the call (bench-echo-server's sleep)")->excludes(arguments);
    command
        .add_option("--bytes", options.bytes,
                    "Argument bytes of the call (bench-echo-server's blob): size of the answer")
        ->excludes(arguments);
    command.add_flag("--sse", options.sse, "Ask for progress: the reply becomes an event stream, its token is checked");
}

}  // namespace

void add_options(CLI::App& command, Options& options) {
    // A script's defaults come first and may be overridden.
    command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    command.add_option("--url", options.url, "MCP endpoint")->capture_default_str();
    add_shape(command, options);
    add_call(command, options);
}

// http://HOST[:PORT]/PATH with a numeric IPv4 host or localhost.
result<void> settle(Options& options) {
    constexpr std::string_view scheme = "http://";
    const auto refuse = [&options](const char* why) {
        return Error(errc::invalid_params,
                     "--url " + options.url + " " + why + "; it is as http://127.0.0.1:9090/mcp/NAME");
    };
    if (!options.url.starts_with(scheme))
        return refuse("does not begin with http://");
    const std::string rest = options.url.substr(scheme.size());
    const std::size_t slash = rest.find('/');
    const std::string authority = rest.substr(0, slash);
    const std::size_t colon = authority.find(':');
    options.host = authority.substr(0, colon);
    if (options.host == "localhost")
        options.host = "127.0.0.1";
    options.path = slash == std::string::npos ? "/" : rest.substr(slash);
    options.port = 80;
    if (colon != std::string::npos) {
        const char* end = authority.data() + authority.size();
        const auto [stop, error] = std::from_chars(authority.data() + colon + 1, end, options.port);
        if (error != std::errc() || stop != end || options.port < 1 || options.port > 65535)
            return refuse("has no valid port");
    }
    if (options.arguments &&
        (!options.arguments->starts_with('{') || skip_json_value(*options.arguments, 0) != options.arguments->size()))
        return Error(errc::invalid_params, "--arguments " + *options.arguments + R"( is no JSON object as {"a": 1})");
    return {};
}

}  // namespace agenthub::load

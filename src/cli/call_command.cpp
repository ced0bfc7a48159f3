// agenthub call: one tool call through the running daemon.
// A function; owns what it needs while it runs.

#include "cli/call_command.hpp"

#include <array>
#include <istream>
#include <ostream>

#include "cli/mcp_session.hpp"
#include "cli/tool_result.hpp"
#include "cli/watchdog.hpp"

namespace agenthub {
namespace {

result<std::string> read_all(std::istream& in) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
        if (text.size() > kMaxArgumentBytes)
            return Error(errc::too_large, "the arguments on standard input are longer than " +
                                              std::to_string(kMaxArgumentBytes) + " bytes; give fewer");
    }
    return text;
}

std::string seconds_text(std::chrono::milliseconds time) {
    const auto ms = time.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

// What became of a call that the watchdog ended.
Error ended_early(Watchdog::Outcome outcome, const McpSession& session, const CallOptions& options) {
    const std::string fate = session.call_sent() ? "It was cancelled, but the tool may or may not have been carried out"
                                                 : "The server was not ready yet, the tool was not called";
    if (outcome == Watchdog::Outcome::interrupted)
        return {errc::cancelled, "interrupted. " + fate};
    return {errc::call_timeout, "no answer from '" + options.server + "' within " + seconds_text(options.timeout) +
                                    ". " + fate +
                                    ". Give it more time with --timeout, or see with `agenthub status` what the "
                                    "server does"};
}

// Why `failure` happened, with what is known about the call.
Error explained(const Error& failure, const DaemonClient& client, const McpSession& session) {
    const bool lost = failure.code == errc::io_error && client.reached() && session.call_sent();
    if (!lost)
        return failure;
    return {failure.code, failure.message +
                              ". If it had been sent, the tool may or may not have been carried out: look "
                              "before calling again; `agenthub status` shows how the server is"};
}

result<std::string> open_and_call(McpSession& session, const CallOptions& options, std::string_view arguments) {
    const auto opened = session.open();
    if (opened.has_error())
        return opened.error();
    return session.call_tool(options.tool, arguments);
}

result<std::string> call(DaemonClient& client, const CallOptions& options, std::string_view arguments,
                         const Console& console) {
    std::optional<Watchdog> watchdog;
    watchdog.emplace(options.timeout, [&] { client.stop(); });
    McpSession session(
        client, options.server, [&](const std::string& line) { console.err << line << "\n"
                                                                           << std::flush; },
        [&] { return watchdog->remaining(); });
    auto answer = open_and_call(session, options, arguments);
    auto outcome = watchdog->outcome();
    // From here on a second interrupt ends the process, and the farewells below are not broken off.
    watchdog.reset();
    if (answer.has_error() && answer.error().code == errc::timeout)
        outcome = Watchdog::Outcome::timed_out;
    if (answer.has_error() && outcome != Watchdog::Outcome::none) {
        if (session.call_sent())
            session.cancel(outcome == Watchdog::Outcome::interrupted ? "interrupted by the user" : "out of time");
        answer = ended_early(outcome, session, options);
    } else if (answer.has_error()) {
        answer = explained(answer.error(), client, session);
    }
    session.close();
    return answer;
}

int print(const std::string& answer, const CallOptions& options, const Console& console) {
    const RenderedResult rendered = render_tool_result(answer);
    if (options.json)
        console.out << answer << "\n";
    else
        console.out << rendered.text;
    if (!rendered.is_error)
        return kExitFine;
    console.out << std::flush;
    const std::string said = rendered.text.empty() ? "gives no reason" : "says why in its output";
    return fail(console, "call",
                Error(errc::internal, "the tool '" + options.tool + "' of '" + options.server +
                                          "' reports an error (isError) and " + said + ". Check its arguments"),
                kExitFailed);
}

}  // namespace

int run_call(const CallOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "call", url.error(), kExitUsage);
    result<std::string> text = options.arguments;
    if (options.arguments == "-")
        text = read_all(console.in);
    if (text.has_error())
        return fail(console, "call", text.error(), kExitUsage);
    const auto arguments = checked_arguments(*text);
    if (arguments.has_error())
        return fail(console, "call",
                    Error(arguments.error().code,
                          arguments.error().message + R"(. Give an object, for example '{"message": "hello"}')"),
                    kExitUsage);
    DaemonClient client(*url);
    const auto answer = call(client, options, *arguments, console);
    if (answer.has_error())
        return fail(console, "call", answer.error(), kExitFailed);
    return print(*answer, options, console);
}

}  // namespace agenthub

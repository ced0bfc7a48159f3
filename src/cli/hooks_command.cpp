// agenthub hooks: which hooks there are, and what they would do with a call.
// Functions; they own what they need while they run.

#include "cli/hooks_command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <vector>

#include "cli/daemon_client.hpp"
#include "cli/failure_text.hpp"
#include "cli/rpc_messages.hpp"
#include "cli/watchdog.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

// Hooks that are tried out may take their time, one after the other.
constexpr std::chrono::milliseconds kPatience{120'000};

result<ordered_json> ask(DaemonClient& client, const DaemonRequest& request, const Watchdog& watchdog) {
    auto reply = client.send(request, watchdog.remaining());
    if (watchdog.outcome() == Watchdog::Outcome::interrupted)
        return Error(errc::cancelled, "interrupted");
    if (watchdog.outcome() == Watchdog::Outcome::timed_out ||
        (reply.has_error() && reply.error().code == errc::timeout))
        return Error(errc::timeout, "AgentHub at " + client.url().text + " did not answer within " +
                                        std::to_string(kPatience.count() / 1000) +
                                        " s. See with `agenthub hooks list` which hook takes so long");
    if (reply.has_error())
        return reply.error();
    auto parsed = ordered_json::parse(reply->body, nullptr, false);
    if (!reply->ok() || !parsed.is_object())
        return describe_http_reply(*reply, client.url());
    return parsed;
}

// Whatever a hook or a configuration says must not steer the terminal.
std::string shown(const ordered_json& value) {
    if (value.is_null())
        return "-";
    return one_line(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string shown_at(const ordered_json& object, const char* key) {
    return shown(object.value(key, ordered_json()));
}

std::string run_text(const ordered_json& hook) {
    const ordered_json run = hook.value("run", ordered_json::object());
    std::string out;
    for (const auto& [kind, what] : run.items())
        out = kind == "builtin" ? shown(what) : kind + " " + shown(what);
    return out;
}

void print_table(std::ostream& out, const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line.append(row[i]).append(i + 1 < row.size() ? widths[i] - row[i].size() + 2 : 0, ' ');
        out << line << '\n';
    }
}

void print_list(std::ostream& out, const ordered_json& document) {
    const ordered_json hooks = document.value("hooks", ordered_json::array());
    if (hooks.empty()) {
        out << "No hooks are configured\n";
        return;
    }
    constexpr std::array kColumns{"name", "on", "server", "method", "tool"};
    constexpr std::array kCounts{"calls", "changed", "answered", "refused", "failed"};
    std::vector<Row> rows{{"NAME", "ON", "SERVER", "METHOD", "TOOL", "RUN", "CALLS", "CHANGED", "ANSWERED", "REFUSED",
                           "FAILED", "MEAN MS", "LAST ERROR"}};
    for (const auto& hook : hooks) {
        Row row;
        for (const char* column : kColumns)
            row.push_back(shown_at(hook, column));
        row.push_back(run_text(hook));
        for (const char* count : kCounts)
            row.push_back(shown_at(hook, count));
        const ordered_json mean = hook.value("mean_ms", ordered_json());
        row.push_back(mean.is_number() ? CLI::detail::to_string(std::round(mean.get<double>() * 1000) / 1000) : "-");
        row.push_back(shown_at(hook, "last_error"));
        rows.push_back(std::move(row));
    }
    print_table(out, rows);
}

std::string rights_text(const ordered_json& rights) {
    const bool allowed = rights.value("allowed", false);
    const ordered_json rule = rights.value("rule", ordered_json());
    std::string out = allowed ? "allowed" : "forbidden";
    out += rule.is_null() ? " by default" : " by rules[" + shown(rule) + "]";
    return out;
}

void print_test(std::ostream& out, const ordered_json& document) {
    if (const auto rights = document.find("rights"); rights != document.end())
        out << "rights: " << rights_text(*rights) << '\n';
    for (const auto& hook : document.value("hooks", ordered_json::array())) {
        out << "hook " << shown_at(hook, "name") << ": " << shown_at(hook, "action");
        for (const char* detail : {"message", "arguments", "result", "error"})
            if (const auto value = hook.find(detail); value != hook.end())
                out << ": " << shown(*value);
        out << '\n';
    }
    out << "outcome: " << shown_at(document, "outcome") << '\n';
    for (const char* detail : {"message", "arguments"})
        if (const auto value = document.find(detail); value != document.end())
            out << detail << ": " << shown(*value) << '\n';
}

int list_hooks(DaemonClient& client, const Watchdog& watchdog, const HooksOptions& options, const Console& console) {
    DaemonRequest request;
    request.path = "/hooks";
    const auto document = ask(client, request, watchdog);
    if (document.has_error())
        return fail(console, "hooks", document.error(), kExitFailed);
    if (options.json)
        console.out << document->dump() << '\n';
    else
        print_list(console.out, *document);
    return kExitFine;
}

int test_hooks(DaemonClient& client, const Watchdog& watchdog, const HooksOptions& options, const Console& console) {
    const auto arguments = checked_arguments(options.arguments);
    if (arguments.has_error())
        return fail(console, "hooks",
                    Error(arguments.error().code,
                          arguments.error().message + R"(. Give an object, for example '{"message": "hello"}')"),
                    kExitUsage);
    DaemonRequest request;
    request.method = "POST";
    request.path = "/hooks/test";
    // The arguments as they were typed: numbers and the order of names are the hooks' to see.
    request.body = R"({"server":)" + ordered_json(options.server).dump() + R"(,"tool":)" +
                   ordered_json(options.tool).dump() + R"(,"arguments":)" + std::string(*arguments);
    if (options.client)
        request.body += R"(,"client":)" + ordered_json(*options.client).dump();
    request.body += "}";
    const auto document = ask(client, request, watchdog);
    if (document.has_error())
        return fail(console, "hooks", document.error(), kExitFailed);
    if (options.json)
        console.out << document->dump() << '\n';
    else
        print_test(console.out, *document);
    const std::string outcome = document->value("outcome", "");
    return outcome == "call" || outcome == "answer" ? kExitFine : kExitFailed;
}

}  // namespace

void add_hooks(CLI::App& app, HooksOptions& options, const char* url_help) {
    options.command = app.add_subcommand("hooks", "Show the hooks around calls, or try them out");
    options.command->require_subcommand(1);
    options.command->footer(
        "Examples:\n"
        "  agenthub hooks list\n"
        "  agenthub hooks test github create_issue '{\"title\": \"hello\"}'");
    options.list = options.command->add_subcommand("list", "Which there are, and what has become of them");
    options.test = options.command->add_subcommand("test", "What rights and hooks would do with a call");
    options.test->footer(
        "The tool is not called, and nothing is counted or used up. Exit code 1 when the call would not be made.");
    options.test->add_option("SERVER", options.server, "Name of the server")->required();
    options.test->add_option("TOOL", options.tool, "Name of the tool")->required();
    options.test->add_option("ARGS-JSON", options.arguments, "Arguments as a JSON object (default: {})");
    options.test->add_option("--client", options.client, "Whose call it would be")->type_name("ID");
    for (CLI::App* command : {options.list, options.test}) {
        command->add_flag("--json", options.json, "Print the document as it is");
        command->add_option("--url", options.url, url_help)->type_name("URL");
    }
}

int run_hooks(const HooksOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "hooks", url.error(), kExitUsage);
    DaemonClient client(*url);
    const Watchdog watchdog(kPatience, [&] { client.stop(); });
    if (*options.list)
        return list_hooks(client, watchdog, options, console);
    return test_hooks(client, watchdog, options, console);
}

}  // namespace agenthub

// The command line of AgentHub: reads argv and hands over to one command.
// Called once by main.

#include "cli/cli.hpp"

#include <signal.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "cli/audit_command.hpp"
#include "cli/bench_command.hpp"
#include "cli/call_command.hpp"
#include "cli/check_config_command.hpp"
#include "cli/daemon_url.hpp"
#include "cli/hooks_command.hpp"
#include "cli/pipeline_command.hpp"
#include "cli/reload_command.hpp"
#include "cli/status_command.hpp"
#include "config/listen_address.hpp"

namespace agenthub {
namespace {

constexpr double kMaxTimeoutSeconds = 604800;  // a week
constexpr const char* kUrlHelp =
    "Address of the daemon: http://…, https://… or unix:/path (default: $AGENTHUB_URL, else "
    "http://127.0.0.1:9090)";

// Everything a command line can say; the subcommands point to the one that was named.
struct Parsed {
    ServeOptions serve;
    std::optional<std::string> check_file;
    StatusOptions status;
    ReloadOptions reload;
    CallOptions call;
    HooksOptions hooks;
    PipelineOptions pipeline;
    ConnectOptions connect;
    StdioOptions stdio;
    load::Options bench;
    AuditCommandOptions audit;
    double timeout_seconds = 300;
    CLI::App* serve_command = nullptr;
    CLI::App* check_command = nullptr;
    CLI::App* status_command = nullptr;
    CLI::App* reload_command = nullptr;
    CLI::App* call_command = nullptr;
    CLI::App* connect_command = nullptr;
    CLI::App* stdio_command = nullptr;
    CLI::App* bench_command = nullptr;
};

// CLI11 takes an empty text for "fine" and anything else for the complaint.
std::string listen_fault(const std::string& text) {
    const auto address = parse_listen_address(text);
    return address.has_error() ? address.error().message : std::string();
}

std::string timeout_fault(const std::string& text) {
    double seconds = 0;
    if (CLI::detail::lexical_cast(text, seconds) && seconds >= 0.001 && seconds <= kMaxTimeoutSeconds)
        return {};
    return "'" + text + "' is no number of seconds between 0.001 and 604800";
}

void add_serve(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("serve", "Run the daemon in the foreground, until SIGTERM or Ctrl-C");
    command->footer("Example:\n  agenthub serve --config ~/.config/agenthub/agenthub.json --listen 127.0.0.1:9090");
    command->add_option("--config", parsed.serve.config,
                        "Configuration file (default: $AGENTHUB_CONFIG, ~/.config/agenthub/agenthub.json, "
                        "/etc/agenthub/agenthub.json, else built-in defaults)");
    command
        ->add_option("--listen", parsed.serve.listen,
                     "Address to listen on instead of the configured ones, ADDR:PORT or unix:/path; may be repeated")
        ->type_name("ADDR:PORT")
        ->take_all()
        ->allow_extra_args(false)
        ->check(listen_fault);
    command->add_option("--state-dir", parsed.serve.state_dir, "Directory of databases and catalogues")
        ->type_name("DIR");
    command->add_option("--log-level", parsed.serve.log_level, "How much is logged")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
    command->add_option("--log-format", parsed.serve.log_format, "How it is written")
        ->check(CLI::IsMember({"text", "json"}));
    parsed.serve_command = command;
}

void add_check_config(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("check-config", "Show what would run, or every fault of the configuration");
    command->footer("Example:\n  agenthub check-config config/agenthub.json");
    command->add_option("FILE", parsed.check_file, "Configuration file (default: the one that serve would read)");
    parsed.check_command = command;
}

void add_status(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("status", "Show how the running daemon and its servers are");
    command->footer("Example:\n  agenthub status --url http://127.0.0.1:9090");
    command->add_flag("--json", parsed.status.json, "Print the document of GET /health as it is");
    command->add_option("--url", parsed.status.url, kUrlHelp)->type_name("URL");
    parsed.status_command = command;
}

void add_reload(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("reload", "Make the running daemon take its changed configuration over");
    command->footer("Example:\n  agenthub reload --url http://127.0.0.1:9090");
    command->add_option("--url", parsed.reload.url, kUrlHelp)->type_name("URL");
    parsed.reload_command = command;
}

void add_call(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("call", "Call one tool of one server through the running daemon");
    command->footer(
        "Examples:\n"
        "  agenthub call hub list_servers\n"
        "  agenthub call everything echo '{\"message\": \"hello\"}'\n"
        "  echo '{\"a\": 1, \"b\": 2}' | agenthub call everything get-sum -");
    command->add_option("SERVER", parsed.call.server, "Name of the server, as `agenthub status` lists it")->required();
    command->add_option("TOOL", parsed.call.tool, "Name of the tool")->required();
    command->add_option("ARGS-JSON", parsed.call.arguments,
                        "Arguments of the tool as a JSON object (default: {}); - reads them from standard input");
    command->add_flag("--json", parsed.call.json, "Print the whole result as JSON");
    command->add_option("--url", parsed.call.url, kUrlHelp)->type_name("URL");
    command->add_option("--timeout", parsed.timeout_seconds, "How long to wait for the whole call (default: 300)")
        ->type_name("SECONDS")
        ->check(timeout_fault);
    parsed.call_command = command;
}

void add_bench(CLI::App& app, Parsed& parsed) {
    CLI::App* command = app.add_subcommand("bench", "Call a tool from many sessions, check each answer, tell how fast");
    command->footer(
        "Examples:\n"
        "  agenthub bench --url http://127.0.0.1:9090/mcp/everything --tool echo --arguments '{\"message\": "
        "\"hello\"}'\n"
        "  agenthub bench --url http://127.0.0.1:9090/mcp/mine --rate 500 --calls 10000\n"
        "Exit code 1 when one answer was wrong or missing.");
    load::add_options(*command, parsed.bench);
    parsed.bench_command = command;
}

int start_stdio(StdioOptions& options, const StdioFunction& stdio, const Console& console) {
    const auto url = daemon_url(options.url_option, process_environment());
    if (url.has_error())
        return fail(console, "stdio", url.error(), kExitUsage);
    options.url = url->base();
    options.url_named = options.url_option || process_environment().non_empty("AGENTHUB_URL");
    if (options.url_named)
        options.listen = url->listen_address();
    return stdio(options);
}

int run_parsed(Parsed& parsed, const ServeFunction& serve, const StdioFunction& stdio, const Console& console) {
    if (*parsed.serve_command)
        return serve(parsed.serve);
    if (*parsed.check_command)
        return run_check_config(parsed.check_file, console);
    // A daemon that hangs up while it is written to is a failure to report, not a reason to die.
    ::signal(SIGPIPE, SIG_IGN);
    if (*parsed.status_command)
        return run_status(parsed.status, console);
    if (*parsed.reload_command)
        return run_reload(parsed.reload, console);
    if (*parsed.audit.command)
        return run_audit(parsed.audit, console);
    if (*parsed.hooks.command)
        return run_hooks(parsed.hooks, console);
    if (*parsed.pipeline.command)
        return run_pipeline(parsed.pipeline, console);
    if (*parsed.connect_command)
        return run_connect(parsed.connect, console);
    if (*parsed.stdio_command)
        return start_stdio(parsed.stdio, stdio, console);
    if (*parsed.bench_command)
        return run_bench(parsed.bench, console);
    parsed.call.timeout = std::chrono::milliseconds(std::llround(parsed.timeout_seconds * 1000));
    return run_call(parsed.call, console);
}

int usage(const CLI::App& app, const CLI::ParseError& error, const Console& console) {
    const auto named = app.get_subcommands();
    const std::string command = named.empty() ? "agenthub" : "agenthub " + named.front()->get_name();
    console.err << command << ": " << error.what() << ". `" << command << " --help` shows what is allowed\n";
    return kExitUsage;
}

}  // namespace

int run_cli(int argc, char** argv, const ServeFunction& serve, const StdioFunction& stdio, const Console& console) {
    CLI::App app("AgentHub: one daemon that runs all MCP servers of a machine and serves them to all AI clients",
                 "agenthub");
    Parsed parsed;
    app.set_version_flag("--version", "agenthub " AGENTHUB_VERSION, "Print the version and exit");
    app.require_subcommand(0, 1);
    app.footer(
        "Exit codes: 0 fine, 1 the operation failed, 2 usage or configuration.\n"
        "`agenthub COMMAND --help` tells more about a command.");
    add_serve(app, parsed);
    add_check_config(app, parsed);
    add_status(app, parsed);
    add_reload(app, parsed);
    add_call(app, parsed);
    add_bench(app, parsed);
    add_audit(app, parsed.audit, kUrlHelp);
    add_hooks(app, parsed.hooks, kUrlHelp);
    add_pipeline(app, parsed.pipeline, kUrlHelp);
    parsed.connect_command = add_connect(app, parsed.connect, kUrlHelp);
    parsed.stdio_command = add_stdio(app, parsed.stdio, kUrlHelp);
    try {
        app.parse(argc, argv);
        if (app.get_subcommands().empty()) {
            console.err << app.help();
            return kExitUsage;
        }
        const int code = run_parsed(parsed, serve, stdio, console);
        if (console.out.flush())
            return code;
        return fail(console, app.get_subcommands().front()->get_name(),
                    Error(errc::io_error, "the result could not be written to standard output"), kExitFailed);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0)
            return usage(app, error, console);
        app.exit(error, console.out, console.err);
        return kExitFine;
    }
}

int run_cli(int argc, char** argv, const ServeFunction& serve, const StdioFunction& stdio) {
    return run_cli(argc, argv, serve, stdio, Console{std::cin, std::cout, std::cerr});
}

}  // namespace agenthub

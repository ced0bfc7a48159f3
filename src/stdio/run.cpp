// agenthub stdio: the bridge as a program.
// Called by main.

#include "stdio/run.hpp"

#include <fcntl.h>
#include <signal.h>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "base/own_programs.hpp"
#include "config/load.hpp"
#include "stdio/autostart.hpp"
#include "stdio/bridge.hpp"

namespace agenthub {
namespace {

int refuse(const std::string& why) {
    std::fprintf(stderr, "agenthub stdio: %s\n", why.c_str());
    return 2;
}

// What belongs to whoever started this bridge, and what is written relative to where that was.
std::vector<std::string> environment_of_daemon(const Environment& environment) {
    constexpr std::array<std::string_view, 10> kNotIts{
        "JOURNAL_STREAM", "NOTIFY_SOCKET",  "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS",
        "LISTEN_PID",     "LISTEN_FDNAMES", "INVOCATION_ID", "PWD",          "OLDPWD"};
    constexpr std::array<std::string_view, 4> kPaths{"AGENTHUB_CONFIG", "MCP_SERVERS_CONFIG",
                                                     "ENHANCEMENT_RULES_CONFIG", "API_KEYS_CONFIG"};
    std::vector<std::string> out;
    for (const auto& [name, value] : environment.variables()) {
        if (std::find(kNotIts.begin(), kNotIts.end(), name) != kNotIts.end())
            continue;
        const bool is_path = std::find(kPaths.begin(), kPaths.end(), name) != kPaths.end() && !value.empty();
        std::error_code ec;
        const std::string whole = is_path ? std::filesystem::absolute(value, ec).string() : value;
        out.push_back(name + "=" + (ec ? value : whole));
    }
    return out;
}

// Nothing but addresses and folders is wanted of the configuration: nobody is asked for a secret.
Environment without_secrets_of(Environment environment) {
    environment.run = nullptr;
    environment.read_file_by = [](const std::string&, std::size_t, Deadline) -> result<std::optional<std::string>> {
        return std::optional<std::string>("");
    };
    return environment;
}

bool is_at(const ListenAddress& address, const HttpUrl& url) {
    if (address.kind == ListenAddress::Kind::unix_socket)
        return address.path == url.socket_path;
    const bool any = address.host == "0.0.0.0" || address.host == "::" || address.host == "localhost";
    return url.socket_path.empty() && address.port == url.port && (any || address.host == url.host);
}

// A wildcard is no address to connect to.
std::string url_of(const ListenAddress& address) {
    if (address.kind == ListenAddress::Kind::unix_socket)
        return address.text();
    ListenAddress reached = address;
    if (reached.host == "0.0.0.0")
        reached.host = "127.0.0.1";
    if (reached.host == "::")
        reached.host = "::1";
    return "http://" + reached.text();
}

// What `agenthub serve` would use: the same configuration, and its state directory.
result<AutostartPlan> plan_of(const StdioRun& run, const HttpUrl& url) {
    const Environment environment = process_environment();
    const auto config = load_config(std::nullopt, without_secrets_of(environment));
    if (config.has_error())
        return Error(errc::invalid_config, config.error().text());
    const auto reaches = [&url](const ListenAddress& address) { return is_at(address, url); };
    if (!run.url_named && std::none_of(config->listen.begin(), config->listen.end(), reaches))
        return Error(errc::invalid_config, "the configuration listens on " + config->listen.front().text() +
                                               ", where this bridge would not find it; give --url " +
                                               url_of(config->listen.front()));
    auto state_dir = resolve_state_dir(std::nullopt, *config, environment);
    if (!state_dir)
        return state_dir.error();
    std::error_code ec;
    AutostartPlan plan;
    plan.state_dir = std::filesystem::absolute(*state_dir, ec).string();
    plan.environment = environment_of_daemon(environment);
    const auto home = environment.non_empty("HOME");
    plan.directory = home && home->starts_with('/') && std::filesystem::is_directory(*home, ec) ? *home : "/";
    plan.command = {own_program("agenthub"), "serve"};
    if (run.listen)
        plan.command.insert(plan.command.end(), {"--listen", *run.listen});
    return plan;
}

awaitable<void> end_at_signal(StdioToHttp& bridge) {
    const auto executor = co_await asio::this_coro::executor;
    asio::basic_signal_set<Executor> signals(executor, SIGTERM, SIGINT);
    co_await signals.async_wait(use_awaitable);
    bridge.stop();
}

awaitable<void> serve(StdioToHttp& bridge, TaskGroup& signals) {
    signals.spawn(end_at_signal(bridge), "signals");
    co_await bridge.run();
    signals.cancel();
    co_await signals.join();
}

}  // namespace

int run_stdio(const StdioRun& run) {
    auto url = parse_http_url(run.url);
    if (!url)
        return refuse(url.error().message);
    StdioSetup setup;
    setup.url = std::move(*url);
    setup.endpoint = run.endpoint;
    if (run.autostart) {
        if (!is_local(setup.url))
            return refuse("--autostart starts a daemon on this machine, but " + run.url + " is another; leave it out");
        setup.starter = std::make_unique<Autostart>([run, to = setup.url] { return plan_of(run, to); });
    }
    // A client that goes away is noticed where it is written to.
    ::signal(SIGPIPE, SIG_IGN);
    if (::fcntl(0, F_GETFD) < 0 || ::fcntl(1, F_GETFD) < 0)
        return refuse("standard input or output is closed; start it from an MCP client");
    asio::io_context loop(1);
    StdioToHttp bridge(loop.get_executor(), std::move(setup));
    TaskGroup signals(loop.get_executor());
    run_to_end(loop, serve(bridge, signals));
    return 0;
}

}  // namespace agenthub

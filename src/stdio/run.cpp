// agenthub stdio: the bridge as a program.
// Called by main.

#include "stdio/run.hpp"

#include <fcntl.h>
#include <signal.h>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <filesystem>

#include "config/load.hpp"
#include "stdio/autostart.hpp"
#include "stdio/bridge.hpp"

namespace agenthub {
namespace {

int refuse(const std::string& why) {
    std::fprintf(stderr, "agenthub stdio: %s\n", why.c_str());
    return 2;
}

// What `agenthub serve` would use: the same configuration, and its state directory.
result<AutostartPlan> plan_of(const StdioRun& run) {
    const Environment environment = process_environment();
    const auto config = load_config(std::nullopt, environment);
    if (config.has_error())
        return Error(errc::invalid_config, config.error().text());
    auto state_dir = resolve_state_dir(std::nullopt, *config, environment);
    if (!state_dir)
        return state_dir.error();
    std::error_code ec;
    AutostartPlan plan;
    plan.state_dir = std::move(*state_dir);
    plan.command = {std::filesystem::read_symlink("/proc/self/exe", ec).string(), "serve"};
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
        auto plan = plan_of(run);
        if (!plan)
            return refuse(plan.error().message);
        setup.starter = std::make_unique<Autostart>(std::move(*plan));
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

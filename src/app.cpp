// The composition root: every part is made here, and ended here, in one order.
// Owned by main.

#include "app.hpp"

#include <unistd.h>
#include <boost/asio/signal_set.hpp>

#include <array>
#include <cstdio>

#include "base/large_blocks.hpp"
#include "base/log.hpp"
#include "base/redactor.hpp"
#include "base/startup_pages.hpp"
#include "config/environment.hpp"
#include "config_audit.hpp"
#include "config_watcher.hpp"
#include "daemon_setup.hpp"
#include "gateway/gateway.hpp"
#include "reloader.hpp"
#include "service_notifier.hpp"

namespace agenthub {
namespace {

constexpr Duration kFlushLimit{5'000};
// When the start is over, whatever servers still take for theirs.
constexpr Duration kStart{1'000};

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "localhost";
}

ActivityOptions activity_options(const Config& config, const std::string& state_dir) {
    ActivityOptions options;
    options.path = state_dir + "/activity.db";
    options.node = host_name();
    options.epoch = random_epoch();
    options.queue = config.activity.off ? 0 : config.activity.queue;
    options.batch = config.activity.batch_ms;
    options.strict = config.activity.strict;
    options.retention_days = config.activity.retention_days;
    options.max_bytes = static_cast<std::int64_t>(config.activity.max_bytes);
    return options;
}

AuditOptions audit_options(const Config& config, const std::string& state_dir) {
    AuditOptions options;
    options.directory = state_dir;
    options.queue = config.audit.queue;
    options.alerts = config.audit.alerts;
    return options;
}

SupervisorSetup supervisor_setup(const Limits& limits, const std::string& state_dir, std::string guard_path,
                                 CgroupTree cgroups) {
    SupervisorSetup setup;
    setup.cgroups = std::move(cgroups);
    setup.guard_path = std::move(guard_path);
    setup.catalogue_dir = state_dir + "/catalogue";
    setup.bridge_limits.line_bytes = limits.line_bytes;
    setup.bridge_limits.pending = limits.pending_per_server;
    setup.bridge_limits.queue_bytes = limits.line_bytes;
    return setup;
}

std::vector<std::string> watched_files(const Config& config) {
    std::vector<std::string> files = config.more_files;
    if (!config.source_path.empty())
        files.insert(files.begin(), config.source_path);
    return files;
}

class Daemon {
public:
    Daemon(asio::io_context& loop, const ServeOptions& options, const Config& config, const std::string& state_dir,
           std::string guard_path, CgroupTree cgroups)
        : executor_(loop.get_executor()),
          config_(config),
          activity_(executor_, activity_options(config, state_dir)),
          audit_(executor_, audit_options(config, state_dir)),
          gateway_(executor_, config, activity_, audit_),
          supervisor_(executor_, config.servers,
                      supervisor_setup(config.limits, state_dir, std::move(guard_path), std::move(cgroups)), gateway_),
          notifier_(executor_, read_service_settings(process_environment().variable, ::getpid()), supervisor_),
          reloader_(executor_, options, config, supervisor_, gateway_, audit_),
          watcher_(executor_, watched_files(config), [this] { return reload("a change of the file"); }),
          signals_(loop, SIGTERM, SIGINT),
          hangup_(loop, SIGHUP),
          go_on_(executor_),
          tasks_(executor_) {}

    // `passed`: sockets of the service manager, instead of the configured addresses.
    result<void> open(std::vector<PassedSocket> passed, std::unique_ptr<PromptStore> prompts) {
        if (!passed.empty())
            log().info("listening on what the service manager passed; \"listen\" has no effect");
        if (auto opened = gateway_.open(supervisor_, reloader_, std::move(passed), std::move(prompts)); !opened)
            return opened;
        for (const auto& url : gateway_.urls())
            log().info("listening on {}", url);
        return {};
    }

    // Serves until the first signal, then ends everything: stop accepting → drain → stop servers → close what is
    // left → flush activity. A second signal cuts the waiting short.
    awaitable<void> run() {
        tasks_.spawn(activity_.log().run(), "activity log");
        audit_.start();
        note_credentials(audit_, config_.credentials, "start");
        supervisor_.start();
        tasks_.spawn(notifier_.run(), "service notifier");
        tasks_.spawn(reload_at_hangup(), "SIGHUP");
        if (config_.watch && !watched_files(config_).empty())
            tasks_.spawn(watcher_.run(), "configuration watch");
        tasks_.spawn(settle(), "end of the start");
        co_await signals_.async_wait(use_awaitable);
        reloader_.close();
        notifier_.stopping();
        log().info("shutting down: answering what is in flight, for at most {} ms",
                   config_.limits.drain_timeout.count());
        tasks_.spawn(await_second_signal(), "second signal");
        tasks_.spawn(drain(), "drain");
        co_await go_on_.wait();
        gateway_.end_hooks();
        co_await supervisor_.shut_down();
        co_await gateway_.stop();
        tasks_.cancel();
        co_await tasks_.join();
        co_await audit_.stop(Deadline::after(kFlushLimit));
        activity_.stop(Deadline::after(kFlushLimit));
        log().info("stopped");
    }

private:
    awaitable<void> settle() {
        SteadyTimer timer(executor_, kStart);
        co_await timer.async_wait(use_awaitable);
        release_startup_pages();
        keep_large_blocks();
    }

    awaitable<void> drain() {
        co_await gateway_.drain(Deadline::after(config_.limits.drain_timeout));
        go_on_.notify();
    }

    // What comes of it is in the log.
    awaitable<void> reload(std::string cause) { return audited_reload(audit_, reloader_, std::move(cause)); }

    awaitable<void> reload_at_hangup() {
        for (;;) {
            co_await hangup_.async_wait(use_awaitable);
            co_await reload("SIGHUP");
        }
    }

    awaitable<void> await_second_signal() {
        co_await signals_.async_wait(use_awaitable);
        log().warn("second signal: not waiting any longer");
        supervisor_.hurry();
        go_on_.notify();
    }

    Executor executor_;
    const Config& config_;
    ActivityService activity_;
    AuditService audit_;
    Gateway gateway_;
    Supervisor supervisor_;
    ServiceNotifier notifier_;
    Reloader reloader_;
    ConfigWatcher watcher_;
    asio::basic_signal_set<Executor> signals_;
    asio::basic_signal_set<Executor> hangup_;
    Event go_on_;
    TaskGroup tasks_;
};

int report(const Error& error, int exit_code) {
    std::fprintf(stderr, "agenthub: %s\n", redacted(error.message).c_str());
    return exit_code;
}

}  // namespace

int serve(const ServeOptions& options) {
    const auto config = configure(options);
    if (config.has_error())
        return report(Error(errc::invalid_config, config.error().text()), 2);
    hide_secrets(config->secrets);
    auto passed = take_passed_sockets(process_environment().variable, ::getpid());
    if (!passed)
        return report(passed.error(), 1);
    const auto state = open_state_dir(options, *config);
    if (!state)
        return report(state.error(), 1);
    auto guard = find_guard();
    if (!guard)
        return report(guard.error(), 1);
    start_log(log_level(config->log), config->log.format == "json" ? LogFormat::json : LogFormat::text);
    prepare_process();
    log_warnings(*config);
    make_servers_file(*config);
    auto cgroups = open_cgroups(*config);
    asio::io_context loop(1);
    int exit_code = 0;
    {
        Daemon daemon(loop, options, *config, state->path, std::move(*guard), std::move(cgroups));
        if (auto opened = daemon.open(std::move(*passed), open_prompts(*config, state->path)); !opened)
            exit_code = report(opened.error(), 1);
        else
            run_to_end(loop, daemon.run());
    }
    stop_log();
    return exit_code;
}

}  // namespace agenthub

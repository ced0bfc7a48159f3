// The real agenthub binary, run by a test with its own configuration, state directory and mark.
// Owned by the test; on destruction it must know all its processes, is stopped, and no process of it may be left.

#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

struct DaemonOptions {
    // Every entry of mcpServers also gets the mark into its env, in case the daemon starts servers with a clean one.
    nlohmann::json config = nlohmann::json::object();
    std::optional<std::string> config_text;  // the file's very bytes, instead of `config`
    std::vector<std::string> args;           // behind `serve`
    std::map<std::string, std::string> env;
    std::vector<int> passed_fds;  // see ChildOptions
    std::string binary;           // empty: the one built beside the tests
    bool wait_ready = true;
    bool expect_no_leftovers = true;
};

// An entry of mcpServers that runs the hostile server.
nlohmann::json hostile(std::vector<std::string> args = {});

// {"mcpServers": {"hostile": hostile(args)}}
nlohmann::json hostile_config(std::vector<std::string> args = {});

class Daemon {
public:
    // Starts and, unless told otherwise, waits until GET /readyz answers 200. A failure is a failed test and leaves
    // running() false; stderr_text() says more.
    explicit Daemon(nlohmann::json config);
    explicit Daemon(DaemonOptions options);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Starts again after an end, with the same configuration file, state directory and mark, on a new port.
    void start();
    // Replaces the configuration file; the daemon is not told.
    void write_config(nlohmann::json config);

    // SIGTERM, then the exit code; nullopt when it still runs after `bound` (it is then killed).
    std::optional<int> stop(std::chrono::milliseconds bound = kBound);
    // SIGKILL, and waits for the end.
    void kill9();
    void signal(int number);
    std::optional<int> wait_exit(std::chrono::milliseconds bound = kBound);

    bool running() const;
    pid_t pid() const;
    int port() const noexcept { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::string stderr_text() const;
    std::string config_file() const { return dir_.file("agenthub.json"); }
    std::string state_dir() const { return dir_.file("state"); }
    std::string file(const std::string& name) const { return dir_.file(name); }  // a path in its directory
    const std::string& mark() const noexcept { return mark_; }

    // Every living process that carries the mark, the daemon's own included.
    std::vector<pid_t> processes() const;
    // The same without the daemon itself and its guards (src/guard).
    std::vector<pid_t> server_processes() const;
    std::int64_t fds() const;
    std::int64_t rss() const;     // KiB
    std::int64_t cpu() const;     // microseconds
    std::size_t zombies() const;  // unreaped children of the daemon

private:
    bool learn_port();
    bool wait_until_ready();
    void expect_processes_found();
    void expect_nothing_left();

    DaemonOptions options_;
    TempDir dir_;
    std::string mark_;
    std::unique_ptr<ChildProcess> process_;
    std::size_t log_start_ = 0;  // where this run's stderr begins in the file
    int port_ = 0;
};

}  // namespace agenthub::test

// Starts, watches and ends one agenthub process.
// Owned by the test.

#include "tests/support/daemon.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

#include <csignal>
#include <random>
#include <utility>

#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

std::string random_mark() {
    std::random_device random;
    return std::to_string(random()) + "-" + std::to_string(random());
}

nlohmann::json with_mark(nlohmann::json config, const std::string& mark) {
    if (!config.is_object() || !config.contains("mcpServers") || !config["mcpServers"].is_object())
        return config;
    for (auto& entry : config["mcpServers"]) {
        if (entry.is_object() && (!entry.contains("env") || entry["env"].is_object()))
            entry["env"][kMarkVariable] = mark;
    }
    return config;
}

}  // namespace

nlohmann::json hostile(std::vector<std::string> args) {
    nlohmann::json entry;
    entry["command"] = AGENTHUB_HOSTILE;
    entry["args"] = std::move(args);
    return entry;
}

nlohmann::json hostile_config(std::vector<std::string> args) {
    nlohmann::json config;
    config["mcpServers"]["hostile"] = hostile(std::move(args));
    return config;
}

Daemon::Daemon(nlohmann::json config)
    : Daemon([&] {
          DaemonOptions options;
          options.config = std::move(config);
          return options;
      }()) {}

Daemon::Daemon(DaemonOptions options) : options_(std::move(options)), mark_(random_mark()) {
    if (options_.config_text)
        write_file(config_file(), *options_.config_text);
    else
        write_config(std::exchange(options_.config, nlohmann::json()));
    start();
}

Daemon::~Daemon() {
    if (running()) {
        expect_processes_found();
        const auto code = stop();
        EXPECT_EQ(code, 0) << "the daemon's end on SIGTERM; its log:\n" << stderr_text();
    }
    process_.reset();
    if (options_.expect_no_leftovers)
        expect_nothing_left();
    for (const pid_t pid : processes_with_mark(mark_))
        ::kill(pid, SIGKILL);
}

void Daemon::start() {
    log_start_ = read_file(file("stderr.txt")).size();
    port_ = 0;
    ChildOptions child;
    child.argv = {options_.binary.empty() ? AGENTHUB_BINARY : options_.binary, "serve"};
    for (const std::string& arg : {std::string("--config"), config_file(), std::string("--listen"),
                                   std::string("127.0.0.1:0"), std::string("--state-dir"), state_dir()})
        child.argv.push_back(arg);
    child.argv.insert(child.argv.end(), options_.args.begin(), options_.args.end());
    child.env = options_.env;
    child.passed_fds = options_.passed_fds;
    child.env[kMarkVariable] = mark_;
    child.unset = {"AGENTHUB_CONFIG",
                   "HOST",
                   "PORT",
                   "NOTIFY_SOCKET",
                   "JOURNAL_STREAM",
                   "STATE_DIRECTORY",
                   "LISTEN_FDS",
                   "LISTEN_PID",
                   "WATCHDOG_USEC",
                   "WATCHDOG_PID",
                   "LISTEN_FDNAMES",
                   "LOG_LEVEL",
                   "OLLAMA_HOST",
                   "LLM_HOST",
                   "CREDENTIALS_DIRECTORY",
                   "MCP_SERVERS_CONFIG",
                   "ENHANCEMENT_RULES_CONFIG",
                   "API_KEYS_CONFIG"};
    child.stdout_file = file("stdout.txt");
    child.stderr_file = file("stderr.txt");
    process_.reset();
    process_ = std::make_unique<ChildProcess>(child);
    if (options_.wait_ready && !(learn_port() && wait_until_ready()))
        ADD_FAILURE() << "the daemon did not become ready; its log:\n" << stderr_text();
}

void Daemon::write_config(nlohmann::json config) {
    write_file(config_file(), with_mark(std::move(config), mark_).dump(2));
}

bool Daemon::learn_port() {
    static constexpr std::string_view announcement = "listening on http://127.0.0.1:";
    wait_until([this] {
        const std::string text = stderr_text();
        const std::size_t at = text.find(announcement);
        // Not before the line is complete: the port's last digits may still be on their way.
        if (at != std::string::npos && text.find('\n', at) != std::string::npos)
            port_ = std::stoi(text.substr(at + announcement.size()));
        return port_ != 0 || !running();
    });
    return port_ != 0;
}

bool Daemon::wait_until_ready() {
    bool ready = false;
    wait_until([&] {
        httplib::Client client("127.0.0.1", port_);
        const auto answer = client.Get("/readyz");
        ready = answer && answer->status == 200;
        return ready || !running();
    });
    return ready;
}

std::optional<int> Daemon::stop(std::chrono::milliseconds bound) {
    signal(SIGTERM);
    auto code = wait_exit(bound);
    if (!code)
        kill9();
    return code;
}

void Daemon::kill9() {
    signal(SIGKILL);
    wait_exit();
}

void Daemon::signal(int number) {
    if (process_)
        process_->signal(number);
}

std::optional<int> Daemon::wait_exit(std::chrono::milliseconds bound) {
    return process_ ? process_->wait(bound) : std::nullopt;
}

bool Daemon::running() const {
    return process_ && !process_->wait(std::chrono::milliseconds(0));
}

pid_t Daemon::pid() const {
    return process_ ? process_->pid() : -1;
}

std::string Daemon::stderr_text() const {
    const std::string text = read_file(file("stderr.txt"));
    return text.substr(std::min(log_start_, text.size()));
}

std::vector<pid_t> Daemon::processes() const {
    return processes_with_mark(mark_);
}

std::vector<pid_t> Daemon::server_processes() const {
    auto pids = processes();
    std::erase_if(pids, [this](pid_t other) {
        const std::string command = command_of(other);  // empty: it has ended since it was listed
        return other == pid() || command.empty() || command.starts_with("mcp-guard ");
    });
    return pids;
}

void Daemon::settle() const {
    httplib::Client client("127.0.0.1", port_);
    const auto has_rows = [&] {
        const auto reply = client.Get("/health");
        return reply && nlohmann::json::parse(reply->body)["services"]["activity"]["committed"] > 0;
    };
    EXPECT_TRUE(wait_until(has_rows));
    EXPECT_TRUE(client.Get("/audit/activity"));
}

std::int64_t Daemon::fds() const {
    return fd_count(pid());
}

std::int64_t Daemon::rss() const {
    return rss_kib(pid());
}

std::int64_t Daemon::cpu() const {
    return cpu_us(pid());
}

std::size_t Daemon::zombies() const {
    return zombie_children_of(pid()).size();
}

// Asks the daemon itself; one that does not answer, or is none of ours, is not judged by this.
void Daemon::expect_processes_found() {
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(2);
    nlohmann::json processes;
    const bool equal = wait_until(
        [&] {
            const auto answer = client.Get("/health");
            const auto health =
                nlohmann::json::parse(answer && answer->status == 200 ? answer->body : "", nullptr, false);
            if (!health.is_object() || !health.contains("details"))
                return true;
            processes = health["details"]["processes"];
            return processes["expected"] == processes["found"];
        },
        std::chrono::seconds(10));
    EXPECT_TRUE(equal) << "processes before the daemon's end: " << processes << "; its log:\n" << stderr_text();
}

void Daemon::expect_nothing_left() {
    // What the kernel is still burying may take a moment; what ignores its end does not go away by itself.
    const bool clean = wait_until([this] { return processes().empty(); }, std::chrono::seconds(2));
    if (clean)
        return;
    for (const pid_t pid : processes())
        ADD_FAILURE() << "left over from the daemon: " << describe_process(pid);
}

}  // namespace agenthub::test

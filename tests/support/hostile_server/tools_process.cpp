// Tools about the process itself: ends, hangs, children, descriptors, stderr.
// Added to the table by main.

#include <dirent.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

[[noreturn]] void end_process(int code, int signal) {
    if (signal > 0) {
        ::signal(signal, SIG_DFL);  // a sanitizer or --ignore-term may have caught it
        ::raise(signal);
    }
    ::_exit(code);
}

void die(Server& server, const Call& call) {
    if (const std::string last = call.text("stderr"); !last.empty())
        (void)write_all(STDERR_FILENO, last + "\n");
    const std::string answer = response_line(call.raw_id, text_result("dying"));
    if (call.flag("half"))
        server.wire().send_bytes(answer.substr(0, answer.size() / 2));
    if (call.flag("after"))
        server.wire().send_line(answer);
    const int code = static_cast<int>(call.number("code", 1));
    const int signal = static_cast<int>(call.number("signal", 0));
    server.timers().after(call.number("ms", 0), "die", [code, signal] { end_process(code, signal); });
}

void noise(Server& server, const Call& call) {
    auto left = static_cast<std::size_t>(call.number("n", 1 << 20));
    std::string line(99, 'n');
    line += call.flag("one_line") ? 'n' : '\n';
    for (; left >= line.size(); left -= line.size())
        (void)write_all(STDERR_FILENO, line);
    (void)write_all(STDERR_FILENO, line.substr(line.size() - left));
    server.answer_text(call, "made noise");
}

void env(Server& server, const Call& call) {
    json values = json::object();
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const std::size_t equals = text.find('=');
        values[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
    }
    server.answer_text(call, values.dump(-1, ' ', false, json::error_handler_t::replace));
}

// {"0":"pipe:[1]",…} of what was inherited or opened, without the descriptor that reads the directory.
void fds(Server& server, const Call& call) {
    json files = json::object();
    DIR* folder = ::opendir("/proc/self/fd");
    const std::string own = std::to_string(::dirfd(folder));
    while (const dirent* entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        if (name.starts_with('.') || name == own)
            continue;
        char target[512] = {};
        const ssize_t size = ::readlinkat(::dirfd(folder), entry->d_name, target, sizeof target - 1);
        files[name] = size < 0 ? "" : target;
    }
    ::closedir(folder);
    server.answer_text(call, files.dump());
}

void crash_counter(Server& server, const Call& call) {
    const std::string path = call.text("file");
    std::int64_t crashes = 0;
    std::ifstream(path) >> crashes;
    if (crashes < call.number("crashes", 1)) {
        std::ofstream(path) << crashes + 1 << std::flush;
        end_process(71, 0);
    }
    server.answer_text(call, std::to_string(crashes));
}

void grandchild(Server& server, const Call& call) {
    server.answer_text(call, std::to_string(fork_grandchild(call.number("seconds", 120), call.flag("close_files"))));
}

}  // namespace

int fork_grandchild(std::int64_t seconds, bool close_files) {
    int pid_pipe[2] = {-1, -1};
    if (::pipe(pid_pipe) != 0)
        return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::setsid();
        if (::fork() != 0)
            ::_exit(0);
        ::setsid();
        for (int signal = 1; signal < NSIG; ++signal)
            ::signal(signal, SIG_IGN);
        const pid_t self = ::getpid();
        (void)!::write(pid_pipe[1], &self, sizeof self);
        ::close(pid_pipe[0]);
        ::close(pid_pipe[1]);
        for (int fd = 0; close_files && fd < 3; ++fd)
            ::close(fd);
        timespec left{static_cast<time_t>(seconds), 0};
        while (::nanosleep(&left, &left) != 0) {
        }
        ::_exit(0);
    }
    ::close(pid_pipe[1]);
    pid_t pid = -1;
    (void)!::read(pid_pipe[0], &pid, sizeof pid);
    ::close(pid_pipe[0]);
    ::waitpid(child, nullptr, 0);
    return pid;
}

void add_process_tools(Tools& tools) {
    tools["die"] = {
        "Ends the process after `ms` with `code` or by `signal`; `half`: half an answer first; `after`: a "
        "whole one; `stderr`: last words",
        die};
    tools["hang"] = {"Stops everything but living", [](Server&, const Call&) {
                         for (;;)
                             ::pause();
                     }};
    tools["stop_reading"] = {"Answers, and never reads stdin again", [](Server& server, const Call& call) {
                                 server.answer_text(call, "deaf from now on");
                                 server.stop_reading();
                             }};
    tools["noise"] = {"`n` bytes on stderr in lines of 100, or in `one_line`, then answers", noise};
    tools["fork_grandchild"] = {"Forks a process that ignores signals for `seconds`; returns its pid; `close_files`",
                                grandchild};
    tools["env"] = {"The environment as a JSON object", env};
    tools["fds"] = {"The open descriptors as a JSON object", fds};
    tools["crash_counter"] = {"Exits with 71 until `file` counts `crashes`, then returns the count", crash_counter};
}

}  // namespace agenthub::test

// Starting the daemon.
// Owned by DaemonReach.

#include "stdio/autostart.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// systemd, or a person, starts it again within this.
constexpr Duration kRestartTime{3'000};
constexpr std::uintmax_t kMaxLog = 8 * 1024 * 1024;
constexpr std::size_t kShownLog = 600;

std::string log_of(const AutostartPlan& plan) {
    return plan.state_dir + "/serve.log";
}

std::string tail_of_log(const AutostartPlan& plan) {
    std::ifstream file(log_of(plan), std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    std::string text = content.str();
    if (text.size() > kShownLog)
        text.erase(0, text.size() - kShownLog);
    return std::string(trim(text.substr(0, text.find_last_not_of('\n') + 1)));
}

// What posix_spawn is to do in the child: nothing of ours is left open, and the log is its output.
class Actions {
public:
    explicit Actions(const std::string& log) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions_, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&actions_, 1, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        ::sigemptyset(&none);
        sigset_t all;
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        // Its own session: neither the client's terminal nor the client's end reaches it.
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Actions() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;

    const posix_spawn_file_actions_t* files() const noexcept { return &actions_; }
    const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace

bool is_local(const HttpUrl& url) {
    return !url.socket_path.empty() || url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
}

result<void> Autostart::nobody_answers(bool known) {
    if (child_ != 0)
        return look_after();
    if (is_being_restarted(known))
        return {};
    if (lock_)
        return start();
    const auto locked = lock();
    if (!locked)
        return locked.error();
    return {};
}

void Autostart::somebody_answers() {
    // A daemon is nobody's child: it goes on when this bridge ends, and ends when it likes.
    child_ = 0;
    lock_.reset();
    silent_since_ = {};
}

bool Autostart::is_being_restarted(bool known) {
    if (silent_since_ == TimePoint())
        silent_since_ = Clock::now();
    return known && Clock::now() - silent_since_ < kRestartTime;
}

// False: another bridge has it.
result<bool> Autostart::lock() {
    std::error_code ec;
    if (std::filesystem::create_directories(plan_.state_dir, ec))
        std::filesystem::permissions(plan_.state_dir, std::filesystem::perms::owner_all, ec);
    if (ec)
        return Error(errc::io_error, "cannot make the state directory " + plan_.state_dir + ": " + ec.message());
    const std::string path = plan_.state_dir + "/autostart.lock";
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file)
        return system_error("cannot open " + path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return false;
    lock_ = std::move(file);
    return true;
}

result<void> Autostart::start() {
    const std::string path = log_of(plan_);
    std::error_code ignored;
    if (std::filesystem::file_size(path, ignored) > kMaxLog && !ignored)
        std::filesystem::rename(path, path + ".1", ignored);
    std::vector<char*> argv;
    for (auto& word : plan_.command)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const Actions actions(path);
    const int failed =
        ::posix_spawn(&child_, argv.front(), actions.files(), actions.attributes(), argv.data(), environ);
    if (failed != 0) {
        child_ = 0;
        lock_.reset();
        return Error(errc::start_failed, "cannot start " + plan_.command.front() + ": " + std::strerror(failed));
    }
    log().info("started the daemon; its log is {}", path);
    return {};
}

result<void> Autostart::look_after() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) == 0)
        return {};
    child_ = 0;
    lock_.reset();
    return Error(errc::start_exited, "`agenthub serve` was started, but ended at once; the end of " + log_of(plan_) +
                                         " is: " + tail_of_log(plan_));
}

}  // namespace agenthub

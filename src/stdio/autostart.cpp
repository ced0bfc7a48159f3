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

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/argument_vector.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// systemd, or a person, starts it again within this.
constexpr Duration kRestartTime{3'000};
constexpr std::uintmax_t kMaxLog = 8 * 1024 * 1024;
constexpr std::streamoff kShownLog = 600;

std::string log_of(const AutostartPlan& plan) {
    return plan.state_dir + "/serve.log";
}

std::string tail_of_log(const AutostartPlan& plan) {
    std::ifstream file(log_of(plan), std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::streamoff>(file.tellg());
    if (size <= 0)
        return {};
    file.seekg(std::max<std::streamoff>(size - kShownLog, 0));
    std::string text(kShownLog, '\0');
    file.read(text.data(), kShownLog);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return std::string(trim(text.substr(0, text.find_last_not_of('\n') + 1)));
}

// What posix_spawn is to do in the child: nothing of ours is left open, the log is its output, and it stands in
// nobody's way in the client's folder.
class Actions {
public:
    Actions(const std::string& log, const std::string& directory) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions_, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&actions_, 1, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
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
    bury();
    if (child_ != 0)
        return look_after();
    if (is_being_restarted(known))
        return {};
    if (lock_)
        return start();
    // Anew for each attempt: the configuration may have been corrected.
    if (!plan_) {
        auto plan = make_plan_();
        if (!plan)
            return Error(errc::start_failed, "AgentHub does not run and cannot be started: " + plan.error().message);
        plan_ = std::move(*plan);
    }
    const auto locked = lock();
    if (!locked)
        return locked.error();
    return {};
}

void Autostart::somebody_answers() {
    // A daemon is nobody's child: it goes on when this bridge ends, and ends when it likes.
    child_ = 0;
    lock_.reset();
    plan_.reset();
    silent_since_ = {};
    bury();
}

std::string Autostart::advice() const {
    if (!plan_)
        return "another client may be starting it; try again";
    return "it was started here or by another client; " + log_of(*plan_) + " tells how far it has come";
}

// Of those that have ended only the process table knows.
void Autostart::bury() {
    std::erase_if(ours_, [this](pid_t pid) { return pid != child_ && ::waitpid(pid, nullptr, WNOHANG) != 0; });
}

bool Autostart::is_being_restarted(bool known) {
    if (silent_since_ == TimePoint())
        silent_since_ = Clock::now();
    return known && Clock::now() - silent_since_ < kRestartTime;
}

// False: another bridge has it.
result<bool> Autostart::lock() {
    std::error_code ec;
    if (std::filesystem::create_directories(plan_->state_dir, ec))
        std::filesystem::permissions(plan_->state_dir, std::filesystem::perms::owner_all, ec);
    if (ec)
        return Error(errc::io_error, "cannot make the state directory " + plan_->state_dir + ": " + ec.message());
    const std::string path = plan_->state_dir + "/autostart.lock";
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file)
        return system_error("cannot open " + path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return false;
    lock_ = std::move(file);
    return true;
}

result<void> Autostart::start() {
    const std::string path = log_of(*plan_);
    std::error_code ignored;
    if (std::filesystem::file_size(path, ignored) > kMaxLog && !ignored)
        std::filesystem::rename(path, path + ".1", ignored);
    const auto argv = pointers_to(plan_->command);
    const auto variables = pointers_to(plan_->environment);
    const Actions actions(path, plan_->directory);
    const int failed =
        ::posix_spawn(&child_, argv.front(), actions.files(), actions.attributes(), argv.data(), variables.data());
    if (failed != 0) {
        child_ = 0;
        lock_.reset();
        const auto plan = std::exchange(plan_, std::nullopt);
        return Error(errc::start_failed, "cannot start " + plan->command.front() + ": " + std::strerror(failed));
    }
    ours_.push_back(child_);
    log().info("started the daemon; its log is {}", path);
    return {};
}

result<void> Autostart::look_after() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) == 0)
        return {};
    std::erase(ours_, child_);
    child_ = 0;
    lock_.reset();
    const auto plan = std::exchange(plan_, std::nullopt);
    return Error(errc::start_exited, "`agenthub serve` was started, but ended at once; the end of " + log_of(*plan) +
                                         " is: " + tail_of_log(*plan));
}

}  // namespace agenthub

// Noticing that the configuration file has changed.
// Owned by the daemon.

#include "config_watcher.hpp"

#include <sys/inotify.h>
#include <boost/asio/buffer.hpp>

#include <array>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"

namespace agenthub {
namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE;

}  // namespace

ConfigWatcher::ConfigWatcher(Executor executor, std::vector<std::string> files,
                             std::function<awaitable<void>()> changed)
    : files_(std::move(files)), changed_(std::move(changed)), events_(executor), seen_(present()) {}

std::string ConfigWatcher::open() {
    const int notifier = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (notifier < 0)
        return files_.front();
    events_.assign(notifier);
    for (const std::string& file : files_) {
        auto directory = std::filesystem::path(file).parent_path();
        if (directory.empty())
            directory = ".";
        if (::inotify_add_watch(notifier, directory.c_str(), kEvents) < 0)
            return file;
    }
    return {};
}

awaitable<void> ConfigWatcher::run() {
    if (const std::string file = open(); !file.empty()) {
        log().warn("{}; changes take effect with `agenthub reload`",
                   system_error("\"watch\": cannot watch " + file, errno).message);
        co_return;
    }
    for (;;) {
        co_await wait_for_event();
        co_await wait_until_quiet();
        std::vector<Version> now = present();
        // A file that is missing is on its way: a reload would only complain. Others in its directory are no news.
        for (std::size_t i = 0; i < now.size(); ++i)
            if (now[i] == Version())
                now[i] = seen_[i];
        if (now == seen_)
            continue;
        seen_ = std::move(now);
        co_await changed_();
    }
}

// What happened to which file does not matter: the file itself is looked at.
awaitable<void> ConfigWatcher::wait_for_event() {
    std::array<char, 4096> events{};
    const auto buffer = asio::buffer(events);
    co_await events_.async_read_some(buffer, use_awaitable);
}

awaitable<void> ConfigWatcher::wait_until_quiet() {
    for (;;) {
        auto event = wait_for_event();
        const bool more = co_await ends_by(std::move(event), Deadline::after(kQuiet));
        if (!more)
            co_return;
    }
}

std::vector<ConfigWatcher::Version> ConfigWatcher::present() const {
    std::vector<Version> out;
    for (const std::string& file : files_) {
        struct stat info{};
        Version version;
        if (::stat(file.c_str(), &info) == 0)
            version = {info.st_ino, info.st_size,
                       std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
        out.push_back(version);
    }
    return out;
}

}  // namespace agenthub

// Notices when one of the configuration's files has changed (option "watch").
// Owned by the daemon; run() lives in the daemon's task group.

#pragma once

#include <sys/stat.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <functional>
#include <string>
#include <vector>

#include "base/async.hpp"

namespace agenthub {

class ConfigWatcher {
public:
    // Reports once after the file has been quiet for this long: editors write in several steps.
    static constexpr Duration kQuiet{200};

    // `changed` is awaited; what happens meanwhile is noticed afterwards.
    ConfigWatcher(Executor executor, std::vector<std::string> files, std::function<awaitable<void>()> changed);

    // Watches the files' directories, so that a file which is replaced by another is noticed too. Ends at once, with a
    // line in the log, when the system does not let it.
    awaitable<void> run();

private:
    // Tells one content of the file from the next, without reading it; all zero when there is no file.
    struct Version {
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t modified_ns = 0;
        bool operator==(const Version&) const = default;
    };

    // Empty, or the file whose directory cannot be watched.
    std::string open();
    std::vector<Version> present() const;
    awaitable<void> wait_for_event();
    awaitable<void> wait_until_quiet();

    std::vector<std::string> files_;
    std::function<awaitable<void>()> changed_;
    asio::posix::basic_stream_descriptor<Executor> events_;
    std::vector<Version> seen_;
};

}  // namespace agenthub

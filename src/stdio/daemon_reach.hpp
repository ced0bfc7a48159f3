// Waiting until the daemon answers; starting it when that is asked for.
// Owned by the bridge; loop thread only.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/task_group.hpp"
#include "stdio/daemon_http.hpp"
#include "stdio/wakeup.hpp"

namespace agenthub {

// Starts a daemon when nobody answers. An interface for the tests' sake.
class DaemonStarter {
public:
    virtual ~DaemonStarter() = default;
    // Nobody answers. Called again and again while that is so. `known`: it has answered before, so somebody may just be
    // restarting it. An error: it was started, and has failed.
    virtual result<void> nobody_answers(bool known) = 0;
    // Somebody answers.
    virtual void somebody_answers() = 0;
    // What a person can do when nobody has answered in time, as the end of a sentence.
    virtual std::string advice() const = 0;
};

class DaemonReach {
public:
    // `starter` is null when nothing is to be started.
    DaemonReach(Executor executor, DaemonHttp& http, std::unique_ptr<DaemonStarter> starter);

    // Returns when the daemon answers; any number may wait, and one of them asks for all. errc::upstream_unreachable
    // with what to do, when it has not by the deadline.
    awaitable<result<void>> wait(Deadline deadline);

private:
    awaitable<result<void>> ask_until(Deadline deadline);

    Executor executor_;
    DaemonHttp& http_;
    std::unique_ptr<DaemonStarter> starter_;
    bool asking_ = false;
    bool known_ = false;
    Wakeup asked_;
    std::optional<result<void>> last_;  // what the last who asked has found
    unsigned rounds_ = 0;
};

}  // namespace agenthub

// Starts the daemon as a process of its own, once, however many bridges want one at the same time.
// Owned by DaemonReach.

#pragma once

#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/unique_fd.hpp"
#include "stdio/daemon_reach.hpp"

namespace agenthub {

struct AutostartPlan {
    std::vector<std::string> command;  // program and arguments
    std::string state_dir;             // of the lock and the log
};

class Autostart final : public DaemonStarter {
public:
    explicit Autostart(AutostartPlan plan) : plan_(std::move(plan)) {}

    // The first call takes the lock STATE/autostart.lock, or finds that another bridge is at it and leaves it to that
    // one; the next one starts the daemon, unless somebody has answered in between. A daemon that was there before gets
    // some seconds to come back by itself. errc::start_failed, errc::start_exited with the last lines of
    // STATE/serve.log.
    result<void> nobody_answers(bool known) override;
    void somebody_answers() override;

private:
    bool is_being_restarted(bool known);
    result<bool> lock();
    result<void> start();
    result<void> look_after();

    AutostartPlan plan_;
    UniqueFd lock_;
    pid_t child_ = 0;
    TimePoint silent_since_{};  // epoch: it is not
};

// Only a daemon of this machine can be started.
bool is_local(const HttpUrl& url);

}  // namespace agenthub

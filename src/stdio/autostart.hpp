// Starts the daemon as a process of its own, once, however many bridges want one at the same time.
// Owned by DaemonReach.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/unique_fd.hpp"
#include "stdio/daemon_reach.hpp"

namespace agenthub {

struct AutostartPlan {
    std::vector<std::string> command;      // program and arguments
    std::vector<std::string> environment;  // NAME=VALUE
    std::string state_dir;                 // of the lock and the log; absolute
    std::string directory;                 // where it works
};
// Made when it is needed: reading the configuration takes its time, and a daemon that runs needs none of ours.
using MakePlan = std::function<result<AutostartPlan>()>;

class Autostart final : public DaemonStarter {
public:
    explicit Autostart(MakePlan make_plan) : make_plan_(std::move(make_plan)) {}

    // The first call takes the lock STATE/autostart.lock, or finds that another bridge is at it and leaves it to that
    // one; the next one starts the daemon, unless somebody has answered in between. A daemon that was there before gets
    // some seconds to come back by itself. errc::start_failed, also when there is no plan, errc::start_exited with the
    // last lines of STATE/serve.log.
    result<void> nobody_answers(bool known) override;
    void somebody_answers() override;
    std::string advice() const override;

private:
    bool is_being_restarted(bool known);
    result<bool> lock();
    result<void> start();
    result<void> look_after();
    void bury();

    MakePlan make_plan_;
    std::optional<AutostartPlan> plan_;  // of the attempt that is under way
    UniqueFd lock_;
    pid_t child_ = 0;
    std::vector<pid_t> ours_;   // daemons that were started here and have not been buried
    TimePoint silent_since_{};  // epoch: it is not
};

// Only a daemon of this machine can be started.
bool is_local(const HttpUrl& url);

}  // namespace agenthub

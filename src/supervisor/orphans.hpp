// What the daemon does with children it did not start: processes adopted because their guard was killed, and zombies
// handed down by whoever ran the daemon. Owned by GuardReaper.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <span>
#include <vector>

namespace agenthub {

// Descendants of a killed guard then come to this process instead of to init. Once, at start-up; false with errno.
bool become_subreaper() noexcept;

// Which of this process's children are whose. Pure: it sees pids and decides.
class OrphanLedger {
public:
    enum class Treatment {
        leave,  // a guard: only its own waiter may reap it
        reap,   // not ours to kill, but nobody else takes its status
        kill,   // left by a killed guard: SIGKILL, then reap
    };

    OrphanLedger() = default;
    // `present`: children this process had before it started any; they are never killed.
    explicit OrphanLedger(std::span<const pid_t> present) : present_(present.begin(), present.end()) {}

    void guard_started(pid_t guard) { guards_.insert(guard); }
    // After it was reaped. `lost`: it was killed, so what it had to kill has come to us.
    void guard_ended(pid_t guard, bool lost);
    // No child is left that would be killed.
    void settled() noexcept { hunting_ = false; }
    // A child that is not a guard was reaped: its number may come back as something else.
    void reaped(pid_t child) { present_.erase(child); }

    Treatment treatment(pid_t child) const;
    // It was there before this process started any, and lives or waits to be reaped.
    bool was_present(pid_t child) const { return present_.contains(child); }
    bool hunting() const noexcept { return hunting_; }
    std::size_t guards() const noexcept { return guards_.size(); }

private:
    std::set<pid_t> guards_;
    std::set<pid_t> present_;
    bool hunting_ = false;
};

// Reaps the children that are not guards and have ended, and kills those the ledger says. Returns how many of the
// latter are still there; at 0 the hunt is over. A few system calls; never blocks.
std::size_t sweep_orphans(OrphanLedger& ledger);

// The direct children of this process.
std::vector<pid_t> list_children();

}  // namespace agenthub

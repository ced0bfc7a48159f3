// The decision about each child, and the system calls that carry it out.
// Owned by GuardReaper.

#include "supervisor/orphans.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include "guard/children.hpp"

namespace agenthub {

bool become_subreaper() noexcept {
    return ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

void OrphanLedger::guard_ended(pid_t guard, bool lost) {
    guards_.erase(guard);
    hunting_ = hunting_ || lost;
}

OrphanLedger::Treatment OrphanLedger::treatment(pid_t child) const {
    if (guards_.contains(child))
        return Treatment::leave;
    if (hunting_ && !present_.contains(child))
        return Treatment::kill;
    return Treatment::reap;
}

std::size_t sweep_orphans(OrphanLedger& ledger) {
    std::size_t left = 0;
    for (const pid_t child : list_children()) {
        const auto treatment = ledger.treatment(child);
        if (treatment == OrphanLedger::Treatment::leave)
            continue;
        // One child by its number, never "any child": that could take a guard's status from its waiter.
        if (::waitpid(child, nullptr, WNOHANG) == child) {
            ledger.reaped(child);
        } else if (treatment == OrphanLedger::Treatment::kill) {
            kill_with_group(child);
            ++left;
        }
    }
    if (left == 0)
        ledger.settled();
    return left;
}

std::vector<pid_t> list_children() {
    std::vector<pid_t> pids(256);
    for (;;) {
        const std::size_t count = children_of_this_process(pids.data(), pids.size());
        if (count < pids.size()) {
            pids.resize(count);
            return pids;
        }
        pids.resize(pids.size() * 2);
    }
}

}  // namespace agenthub

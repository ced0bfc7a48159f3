// Tests of the orphans' ledger and sweep, and of the listing of children both sides use.

#include "supervisor/orphans.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "guard/children.hpp"

namespace agenthub {
namespace {

using Treatment = OrphanLedger::Treatment;

TEST(OrphanLedger, leaves_guards_and_reaps_strangers) {
    OrphanLedger ledger;
    ledger.guard_started(10);
    EXPECT_EQ(ledger.treatment(10), Treatment::leave);
    EXPECT_EQ(ledger.treatment(11), Treatment::reap);
    ledger.guard_ended(10, false);
    EXPECT_EQ(ledger.treatment(10), Treatment::reap);
    EXPECT_EQ(ledger.treatment(11), Treatment::reap) << "nothing is killed while every guard did its duty";
}

TEST(OrphanLedger, kills_strangers_after_a_lost_guard_until_all_are_gone) {
    const pid_t present[] = {5};
    OrphanLedger ledger(present);
    ledger.guard_started(10);
    ledger.guard_started(20);
    ledger.guard_ended(10, true);
    EXPECT_TRUE(ledger.hunting());
    EXPECT_EQ(ledger.treatment(11), Treatment::kill);
    EXPECT_EQ(ledger.treatment(20), Treatment::leave);
    EXPECT_EQ(ledger.treatment(5), Treatment::reap) << "it was there before AgentHub started anything";
    ledger.reaped(5);
    EXPECT_EQ(ledger.treatment(5), Treatment::kill) << "the number belongs to another process now";
    ledger.settled();
    EXPECT_EQ(ledger.treatment(11), Treatment::reap);
}

pid_t fork_sleeper() {
    const pid_t pid = ::fork();
    if (pid == 0) {
        for (;;)
            ::pause();
    }
    return pid;
}

// A child that has ended and is not reaped.
pid_t fork_zombie() {
    const pid_t pid = ::vfork();  // a fork under the address sanitizer takes milliseconds
    if (pid == 0)
        ::_exit(0);
    siginfo_t info;
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    return pid;
}

bool has_child(pid_t pid) {
    const auto children = list_children();
    return std::find(children.begin(), children.end(), pid) != children.end();
}

TEST(OrphanSweep, reaps_zombies_but_never_a_guards) {
    const pid_t guard = fork_zombie();
    const pid_t stranger = fork_zombie();
    OrphanLedger ledger;
    ledger.guard_started(guard);
    EXPECT_EQ(sweep_orphans(ledger), 0U);
    EXPECT_FALSE(has_child(stranger));
    EXPECT_EQ(::waitpid(guard, nullptr, WNOHANG), guard) << "its status is still to be had";
}

TEST(OrphanSweep, kills_only_while_hunting_and_never_who_was_there_before) {
    const pid_t before = fork_sleeper();
    OrphanLedger ledger(list_children());
    const pid_t orphan = fork_sleeper();
    EXPECT_EQ(sweep_orphans(ledger), 0U);
    EXPECT_EQ(::kill(orphan, 0), 0);

    ledger.guard_started(1'000'000'000);
    ledger.guard_ended(1'000'000'000, true);
    EXPECT_EQ(sweep_orphans(ledger), 1U);
    siginfo_t info;
    ::waitid(P_PID, static_cast<id_t>(orphan), &info, WEXITED | WNOWAIT);
    EXPECT_EQ(sweep_orphans(ledger), 0U);
    EXPECT_FALSE(ledger.hunting());
    EXPECT_FALSE(has_child(orphan));
    EXPECT_EQ(::waitpid(before, nullptr, WNOHANG), 0) << "alive";
    ::kill(before, SIGKILL);
    ::waitpid(before, nullptr, 0);
}

TEST(Children, both_ways_of_listing_agree) {
    std::vector<pid_t> expected;
    for (int i = 0; i < 30; ++i)
        expected.push_back(i % 2 == 0 ? fork_sleeper() : fork_zombie());
    std::sort(expected.begin(), expected.end());

    auto listed = list_children();
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, expected);

    std::vector<pid_t> scanned(100);
    scanned.resize(children_by_scan(::getpid(), scanned.data(), scanned.size()));
    std::sort(scanned.begin(), scanned.end());
    EXPECT_EQ(scanned, expected);

    for (const pid_t pid : expected) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
}

TEST(Children, a_full_buffer_is_not_overrun) {
    const pid_t first = fork_sleeper();
    const pid_t second = fork_sleeper();
    pid_t out[3] = {-1, -1, -1};
    EXPECT_EQ(children_of_this_process(out, 2), 2U);
    EXPECT_EQ(children_of_this_process(out, 1), 1U);
    EXPECT_EQ(children_by_scan(::getpid(), out, 1), 1U);
    EXPECT_EQ(out[2], -1);
    for (const pid_t pid : {first, second}) {
        kill_with_group(pid);
        ::waitpid(pid, nullptr, 0);
    }
}

TEST(Children, more_than_one_buffer_full_are_listed) {
    std::vector<pid_t> pids;
    for (int i = 0; i < 300; ++i)
        pids.push_back(fork_zombie());
    EXPECT_EQ(list_children().size(), 300U);
    for (const pid_t pid : pids)
        ::waitpid(pid, nullptr, 0);
}

TEST(Children, the_parent_is_read_behind_any_command_name) {
    const auto parent = [](std::string_view text) { return parent_in_stat(text.data(), text.size()); };
    EXPECT_EQ(parent("42 (cat) S 7 42 42 0"), 7);
    EXPECT_EQ(parent("42 (a) b) S 123 42"), 123);
    EXPECT_EQ(parent("42 () ) R 1 ) S 9 4"), 9);
    EXPECT_EQ(parent("42 (x\ny) Z 4194304 1"), 4194304);
    EXPECT_EQ(parent("42 (cat) S 7"), 7) << "cut by the end of the buffer is cut behind this field";
    EXPECT_EQ(parent("42 (cat"), 0);
    EXPECT_EQ(parent("42 (cat)"), 0);
    EXPECT_EQ(parent("42 (cat) S"), 0);
    EXPECT_EQ(parent(""), 0);
}

}  // namespace
}  // namespace agenthub

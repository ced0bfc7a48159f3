#include "cli/watchdog.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace agenthub {
namespace {

using std::chrono::milliseconds;

// Counts the calls of stop().
class Stops {
public:
    void operator()() {
        const std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    // True when there have been `count` within a generous time.
    bool reach(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return count_ >= count; });
    }
    int count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

bool interrupts_are_held_back() {
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return sigismember(&now, SIGINT) == 1;
}

TEST(Watchdog, leaves_an_operation_alone_that_ends_in_time) {
    Stops stops;
    {
        const Watchdog watchdog(std::chrono::hours(1), [&] { stops(); });
        EXPECT_EQ(watchdog.outcome(), Watchdog::Outcome::none);
        EXPECT_GT(watchdog.remaining(), std::chrono::minutes(59));
    }
    EXPECT_EQ(stops.count(), 0);
}

TEST(Watchdog, stops_again_and_again_once_the_time_is_up) {
    Stops stops;
    const Watchdog watchdog(milliseconds(1), [&] { stops(); });
    EXPECT_TRUE(stops.reach(3));
    EXPECT_EQ(watchdog.outcome(), Watchdog::Outcome::timed_out);
    EXPECT_EQ(watchdog.remaining(), milliseconds(1));
}

TEST(Watchdog, stops_on_an_interrupt_and_keeps_the_process_alive) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        Stops stops;
        const Watchdog watchdog(std::chrono::hours(1), [&] { stops(); });
        ASSERT_EQ(::kill(::getpid(), signal), 0);
        EXPECT_TRUE(stops.reach(1)) << signal;
        EXPECT_EQ(watchdog.outcome(), Watchdog::Outcome::interrupted);
    }
}

TEST(Watchdog, gives_the_signals_back_when_it_is_gone) {
    ASSERT_FALSE(interrupts_are_held_back());
    {
        const Watchdog watchdog(std::chrono::hours(1), [] {});
        EXPECT_TRUE(interrupts_are_held_back());
    }
    EXPECT_FALSE(interrupts_are_held_back());
}

}  // namespace
}  // namespace agenthub

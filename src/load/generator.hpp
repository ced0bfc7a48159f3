// Drives all sessions from one epoll loop: closed loop, or open loop at a fixed rate.
// Owned by the command.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "load/histogram.hpp"
#include "load/meter.hpp"
#include "load/options.hpp"
#include "load/session.hpp"

namespace agenthub::load {

struct Outcome {
    Histogram latencies;  // of right answers, nanoseconds
    std::int64_t right = 0;
    std::int64_t wrong = 0;           // answered, but not with what was due
    std::int64_t broken = 0;          // calls and handshakes that ended without an answer
    std::vector<std::string> faults;  // the first ten
    double seconds = 0;               // from the first call to the last answer
    double handshake_seconds = 0;
    std::int64_t own_cpu_ns = 0;
    std::int64_t first_answer_ns = 0;  // of CLOCK_MONOTONIC
    ProcessUse before;                 // of --pid, around the calls
    ProcessUse after;

    bool is_clean(const Options& options) const noexcept { return wrong == 0 && broken == 0 && right == options.calls; }
};

class Generator {
public:
    // Throws std::system_error when the kernel refuses an epoll or a timer.
    explicit Generator(const Options& options);
    ~Generator();
    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    // Handshakes, then the calls. The sessions stay open.
    Outcome run();
    // The end of every session.
    void end();

private:
    using Clock = Session::Clock;

    void wait_for_listener();
    void open_all();
    void call_all();
    // Waits for events and hands them out. False, after noting the fault, when nothing moves any more.
    bool turn();
    void on_event(Session& session, Session::Event event, bool was_calling);
    void on_free(Session& session);
    void note(const std::string& fault);
    // Open loop: gives calls that are due to free sessions, and sets the timer for the next.
    void dispatch_due();
    void set_timer(Clock::time_point at);
    Clock::time_point due_time(std::int64_t call) const;

    enum class Phase { opening, calling, ending };

    const Options& options_;
    int epoll_ = -1;
    int timer_ = -1;
    Phase phase_ = Phase::opening;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::deque<Session*> free_;  // open loop: without a call
    Outcome outcome_;
    Clock::time_point start_;
    Clock::time_point moved_;   // when something last happened
    std::int64_t settled_ = 0;  // sessions that are ready, or ended, or have failed to
    std::int64_t issued_ = 0;
    std::int64_t finished_ = 0;
};

}  // namespace agenthub::load

// Ends a blocking operation at its deadline and when the user interrupts it.
// Owned by the command on whose stack it stands.

#include "cli/watchdog.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace agenthub {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kStopAgain{20};

sigset_t held_back_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&set, signal);
    return set;
}

}  // namespace

Watchdog::Watchdog(milliseconds limit, std::function<void()> stop)
    : deadline_(SteadyClock::now() + limit), stop_(std::move(stop)) {
    const sigset_t set = held_back_signals();
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    done_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!signals_ || !done_)
        throw std::system_error(errno, std::generic_category(), "cannot watch for signals");
    // Before the thread starts, which inherits the mask.
    ::pthread_sigmask(SIG_BLOCK, &set, &previous_mask_);
    thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(done_.get(), &one, sizeof(one));
    thread_.join();
    ::pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
}

milliseconds Watchdog::remaining() const noexcept {
    return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(deadline_ - SteadyClock::now()));
}

void Watchdog::watch() {
    std::array<pollfd, 2> waiting{pollfd{done_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
    while (outcome_ == Outcome::none) {
        const auto left = std::min(remaining(), milliseconds(60000));
        const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
        if (waiting[0].revents != 0)
            return;
        signalfd_siginfo which{};
        if (ready > 0 && ::read(signals_.get(), &which, sizeof(which)) == sizeof(which))
            outcome_ = Outcome::interrupted;
        else if (SteadyClock::now() >= deadline_)
            outcome_ = Outcome::timed_out;
    }
    do
        stop_();
    while (::poll(waiting.data(), 1, static_cast<int>(kStopAgain.count())) == 0);
}

}  // namespace agenthub

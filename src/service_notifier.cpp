// Telling the service manager.
// Owned by the daemon.

#include "service_notifier.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace agenthub {
namespace {

constexpr Duration kPeriod{1'000};
// Or a datagram that cannot be sent would be tried without a pause.
constexpr Duration kShortestPause{5};

}  // namespace

ServiceNotifier::ServiceNotifier(Executor executor, const ServiceSettings& settings, const Supervisor& supervisor)
    : timer_(executor),
      supervisor_(supervisor),
      listened_to_(!settings.notify_socket.empty()),
      socket_(settings.notify_socket),
      report_(settings.watchdog, Clock::now()) {}

awaitable<void> ServiceNotifier::run() {
    while (listened_to_) {
        tell();
        const TimePoint now = Clock::now();
        timer_.expires_at(std::clamp(report_.watchdog_due(), now + kShortestPause, now + kPeriod));
        co_await timer_.async_wait(use_awaitable);
    }
}

void ServiceNotifier::stopping() {
    stopping_ = true;
    report_.stop();
    if (listened_to_)
        tell();
}

std::string ServiceNotifier::status() const {
    if (stopping_)
        return "stopping";
    std::size_t running = 0;
    std::size_t failed = 0;
    for (const auto& slot : supervisor_.slots()) {
        running += slot->status().state == ServerState::running ? 1 : 0;
        failed += slot->status().state == ServerState::failed ? 1 : 0;
    }
    return std::to_string(supervisor_.slots().size()) + " servers, " + std::to_string(running) + " running, " +
           std::to_string(failed) + " failed";
}

// What cannot be said now is said at the next turn.
void ServiceNotifier::tell() {
    const TimePoint now = Clock::now();
    const std::string text = status();
    const std::string datagram = report_.next(now, text);
    if (datagram.empty())
        return;
    const auto sent = socket_.send(datagram);
    if (sent)
        report_.sent(now, text);
    else if (!std::exchange(failure_logged_, true))
        log().warn("{}", sent.error().message);
}

}  // namespace agenthub

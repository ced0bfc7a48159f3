// The service manager that may have started this process (systemd): what it said in the environment, and the datagrams
// with which it is told how the process is (sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)). Values.

#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace agenthub {

// Looks a variable up; nullopt when it is not set.
using VariableLookup = std::function<std::optional<std::string>(std::string_view)>;

struct ServiceSettings {
    std::string notify_socket;              // $NOTIFY_SOCKET: "/path" or "@abstract"; empty: nobody listens
    std::chrono::microseconds watchdog{0};  // a WATCHDOG=1 is expected within this time; 0: none is
};
// $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID for the process `self`. Addresses and times that are not understood
// count as not given.
ServiceSettings read_service_settings(const VariableLookup& variable, pid_t self);

// A socket that was made by the service manager.
struct PassedSocket {
    UniqueFd fd;
    std::string name;  // $LISTEN_FDNAMES, or "unknown"
};
// $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES for the process `self`; empty when there are none for it. Takes the
// descriptors over, from `first` on, and sets CLOEXEC on them. errc::invalid_config: the variables contradict
// themselves or what is open.
result<std::vector<PassedSocket>> take_passed_sockets(const VariableLookup& variable, pid_t self, int first = 3);

// What the service manager has to be told next. Pure: it sees times and texts and composes datagrams.
class ServiceReport {
public:
    ServiceReport(std::chrono::microseconds watchdog, TimePoint now) : half_(watchdog / 2), fed_(now) {}

    // The datagram that is due now: READY=1 first, STATUS= whenever the text has changed, WATCHDOG=1 when half of its
    // time has passed, STOPPING=1 once. Empty: nothing is.
    std::string next(TimePoint now, std::string_view status) const;
    // The datagram of next(), with the same arguments, has gone out.
    void sent(TimePoint now, std::string_view status);

    // From now on the process is ending.
    void stop() noexcept { stopping_ = true; }

    // When the watchdog wants its next sign of life; TimePoint::max() without a watchdog.
    TimePoint watchdog_due() const noexcept;

private:
    std::chrono::microseconds half_;
    TimePoint fed_;
    bool ready_sent_ = false;
    bool stopping_ = false;
    bool stopping_sent_ = false;
    std::string status_sent_;
};

// Sends datagrams to $NOTIFY_SOCKET.
class NotifySocket {
public:
    // An address of read_service_settings(); with an empty one send() does nothing and succeeds.
    explicit NotifySocket(const std::string& address);

    // Never blocks. errc::busy: the receiver's queue is full, try again later; errc::io_error: nobody receives there.
    result<void> send(std::string_view datagram) const;

private:
    std::string address_;
    UniqueFd socket_;
};

}  // namespace agenthub

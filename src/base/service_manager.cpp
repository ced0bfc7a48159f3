// Reading the environment, composing and sending datagrams.
// Owned by app.

#include "base/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace agenthub {
namespace {

constexpr int kMostPassed = 1024;
// A longer watchdog is none; the clock's own arithmetic has an end.
constexpr std::chrono::microseconds kLongestWatchdog = std::chrono::hours(24 * 365);

template <class Number>
std::optional<Number> number_in(const std::optional<std::string>& text) {
    Number number{};
    if (!text || text->empty())
        return std::nullopt;
    const char* const end = text->data() + text->size();
    const auto [at, ec] = std::from_chars(text->data(), end, number);
    return ec == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

bool is_socket_address(std::string_view text) {
    return text.size() > 1 && text.size() < sizeof(sockaddr_un::sun_path) && (text[0] == '/' || text[0] == '@');
}

// The n-th of names separated by colons.
std::string name_at(std::string_view names, int n) {
    for (; n > 0; --n) {
        const auto colon = names.find(':');
        names = colon == std::string_view::npos ? std::string_view() : names.substr(colon + 1);
    }
    const auto name = names.substr(0, names.find(':'));
    return name.empty() ? "unknown" : std::string(name);
}

void add_line(std::string& datagram, std::string_view line) {
    if (!datagram.empty())
        datagram += '\n';
    datagram += line;
}

}  // namespace

ServiceSettings read_service_settings(const VariableLookup& variable, pid_t self) {
    ServiceSettings settings;
    if (const auto address = variable("NOTIFY_SOCKET"); address && is_socket_address(*address))
        settings.notify_socket = *address;
    const auto usec = number_in<std::int64_t>(variable("WATCHDOG_USEC"));
    const auto pid_text = variable("WATCHDOG_PID");
    const bool for_us = !pid_text || number_in<pid_t>(pid_text) == self;
    if (usec && *usec > 0 && *usec <= kLongestWatchdog.count() && for_us && !settings.notify_socket.empty())
        settings.watchdog = std::chrono::microseconds(*usec);
    return settings;
}

result<std::vector<PassedSocket>> take_passed_sockets(const VariableLookup& variable, pid_t self, int first) {
    std::vector<PassedSocket> sockets;
    const auto count_text = variable("LISTEN_FDS");
    if (!count_text || number_in<pid_t>(variable("LISTEN_PID")) != self)
        return sockets;
    const auto count = number_in<int>(count_text);
    if (!count || *count < 0 || *count > kMostPassed)
        return Error(errc::invalid_config, "LISTEN_FDS is '" + *count_text + "'; allowed: 0 to " +
                                               std::to_string(kMostPassed) + ". It is set by systemd, not by hand");
    const std::string names = variable("LISTEN_FDNAMES").value_or("");
    for (int i = 0; i < *count; ++i) {
        const int fd = first + i;
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return Error(errc::invalid_config, "LISTEN_FDS is " + *count_text + ", but descriptor " +
                                                   std::to_string(fd) +
                                                   " is not open. It is set by systemd, not by hand");
        sockets.push_back({UniqueFd(fd), name_at(names, i)});
    }
    return sockets;
}

std::string ServiceReport::next(TimePoint now, std::string_view status) const {
    std::string datagram;
    if (!ready_sent_ && !stopping_)
        add_line(datagram, "READY=1");
    if (stopping_ && !stopping_sent_)
        add_line(datagram, "STOPPING=1");
    if (status != status_sent_)
        add_line(datagram, "STATUS=" + std::string(status));
    if (now >= watchdog_due())
        add_line(datagram, "WATCHDOG=1");
    return datagram;
}

void ServiceReport::sent(TimePoint now, std::string_view status) {
    ready_sent_ = ready_sent_ || !stopping_;
    stopping_sent_ = stopping_;
    status_sent_ = status;
    if (now >= watchdog_due())
        fed_ = now;
}

TimePoint ServiceReport::watchdog_due() const noexcept {
    return half_.count() == 0 ? TimePoint::max() : fed_ + half_;
}

NotifySocket::NotifySocket(const std::string& address) : address_(address) {
    if (!address_.empty())
        socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

result<void> NotifySocket::send(std::string_view datagram) const {
    if (address_.empty())
        return {};
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    const auto* const address = reinterpret_cast<const sockaddr*>(&to);
    if (::sendto(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL, address, size) >= 0)
        return {};
    const int why = errno;
    if (why == EAGAIN || why == EINTR || why == ENOBUFS)
        return Error(errc::busy, "the service manager does not take messages at the moment");
    return system_error("cannot tell the service manager at " + address_ + " how AgentHub is", why);
}

}  // namespace agenthub

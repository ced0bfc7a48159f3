// Where the daemon listens: a TCP address or a Unix socket, and how either is written.
// Pure functions and values.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

// The longest path a Unix socket can have: sun_path of unix(7) without its closing zero.
inline constexpr std::size_t kMaxSocketPath = 107;

struct ListenAddress {
    enum class Kind { tcp, unix_socket };

    Kind kind = Kind::tcp;
    std::string host = "127.0.0.1";  // tcp: IPv4, IPv6 without brackets, or a host name
    std::uint16_t port = 9090;       // tcp: 0 lets the system choose
    std::string path;                // unix_socket: absolute

    // As it is written in the configuration: "127.0.0.1:9090", "[::1]:9090", "unix:/run/agenthub.sock".
    std::string text() const;

    // True when only this machine can connect: 127.0.0.0/8, ::1, localhost, a Unix socket.
    bool is_local() const;

    bool operator==(const ListenAddress&) const = default;
};

// "host:port", "[v6]:port" or "unix:/path". errc::invalid_config with what was found and what is allowed.
result<ListenAddress> parse_listen_address(std::string_view text);

// A host as it stands in an address or a Host header (RFC 9110 section 7.2), the port optional.
struct HostPort {
    std::string host;  // IPv6 without brackets
    std::optional<std::uint16_t> port;
};

// nullopt when `text` is not "host", "host:port", "[v6]" or "[v6]:port" with a valid host and port.
std::optional<HostPort> parse_host_port(std::string_view text);

// A decimal port from 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

}  // namespace agenthub

// Where the running daemon is: an http or https address, or a Unix socket.
// Pure functions and values.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/url_text.hpp"
#include "config/environment.hpp"

namespace agenthub {

inline constexpr std::string_view kDefaultDaemonUrl = "http://127.0.0.1:9090";

struct DaemonUrl {
    enum class Scheme { http, https, unix_socket };

    Scheme scheme = Scheme::http;
    std::string host;  // IPv6 without brackets
    std::uint16_t port = 0;
    std::string socket_path;  // unix_socket: absolute
    std::string prefix;       // what stands before every route, "/hub" or empty: a reverse proxy may add one
    std::string text;         // as it was given

    // The Host header (RFC 9110 section 7.2).
    std::string host_header() const;
    // With everything spelled out: "http://host:port/prefix", "unix:/path".
    std::string base() const;
    // What a daemon would be told to listen on to be there; nullopt for https and behind a prefix, which others serve.
    std::optional<std::string> listen_address() const;
};

// "http://host[:port][/prefix]", https likewise, "host:port", "unix:/path", "unix:///path". Without a port: 80, 443,
// and 9090 when there is no scheme. errc::invalid_config with what was found and what is allowed.
result<DaemonUrl> parse_daemon_url(std::string_view text);

// The address to use: --url (`option`), $AGENTHUB_URL, kDefaultDaemonUrl. The error names where the address came from.
result<DaemonUrl> daemon_url(const std::optional<std::string>& option, const Environment& environment);

}  // namespace agenthub

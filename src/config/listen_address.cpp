// Where the daemon listens: a TCP address or a Unix socket, and how either is written.
// Pure functions and values.

#include "config/listen_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kMaxHostName = 253;  // RFC 1035 section 2.3.4, as text
constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::string_view kAllowed = R"("host:port", "[IPv6]:port" or "unix:/absolute/path")";

bool is_ipv4(const std::string& host) {
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    const std::string without_zone = host.substr(0, host.find('%'));
    return ::inet_pton(AF_INET6, without_zone.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_';
    };
    if (host.empty() || host.size() > kMaxHostName || host.front() == '.' || host.front() == '-')
        return false;
    return std::all_of(host.begin(), host.end(), allowed);
}

// What consists of digits and dots is meant as an IPv4 address, so it has to be one.
bool is_ipv4_or_name(const std::string& host) {
    if (host.find_first_not_of("0123456789.") == std::string::npos)
        return is_ipv4(host);
    return is_host_name(host);
}

Error refused(std::string_view found, std::string_view allowed) {
    return {errc::invalid_config, "found " + in_quotes(found) + "; allowed: " + std::string(allowed)};
}

result<ListenAddress> parse_unix(std::string_view text) {
    ListenAddress address;
    address.kind = ListenAddress::Kind::unix_socket;
    address.host.clear();
    address.port = 0;
    address.path = text.substr(kUnixPrefix.size());
    if (!address.path.starts_with('/') || address.path.ends_with('/') || address.path.find('\0') != std::string::npos)
        return refused(text, "an absolute path of a socket after \"unix:\"");
    if (address.path.size() > kMaxSocketPath)
        return refused(text, "a socket path of at most " + std::to_string(kMaxSocketPath) + " bytes");
    return address;
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return port;
}

std::optional<HostPort> parse_host_port(std::string_view text) {
    HostPort out;
    std::string_view rest;
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        out.host = text.substr(1, close - 1);
        rest = text.substr(close + 1);
        if (!is_ipv6(out.host))
            return std::nullopt;
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        out.host = text.substr(0, colon);
        rest = text.substr(colon);
        if (!is_ipv4_or_name(out.host))
            return std::nullopt;
    }
    if (rest.empty())
        return out;
    if (!rest.starts_with(':'))
        return std::nullopt;
    out.port = parse_port(rest.substr(1));
    if (!out.port)
        return std::nullopt;
    return out;
}

result<ListenAddress> parse_listen_address(std::string_view text) {
    if (text.starts_with(kUnixPrefix))
        return parse_unix(text);
    auto parts = parse_host_port(text);
    if (!parts || !parts->port)
        return refused(text, std::string(kAllowed) + ", the port from 0 to 65535");
    ListenAddress address;
    address.host = std::move(parts->host);
    address.port = *parts->port;
    return address;
}

std::string ListenAddress::text() const {
    if (kind == Kind::unix_socket)
        return std::string(kUnixPrefix) + path;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool ListenAddress::is_local() const {
    if (kind == Kind::unix_socket || iequals(host, "localhost"))
        return true;
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6{};
    return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace agenthub

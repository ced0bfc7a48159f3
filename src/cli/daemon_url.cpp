// Where the running daemon is.
// Pure functions.

#include "cli/daemon_url.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/listen_address.hpp"

namespace agenthub {
namespace {

Error refused(std::string_view text, std::string_view why) {
    return {errc::invalid_config, "'" + clip(text, 200) + "' is no address of AgentHub: " + std::string(why) +
                                      ". Allowed are http://host:port, https://host:port and unix:/path"};
}

result<DaemonUrl> parse_unix(std::string_view text, std::string_view path) {
    DaemonUrl url;
    url.scheme = DaemonUrl::Scheme::unix_socket;
    url.text = text;
    url.socket_path = path.starts_with("//") ? path.substr(2) : path;
    if (!url.socket_path.starts_with('/'))
        return refused(text, "the path of the socket has to begin with '/'");
    if (url.socket_path.size() > kMaxSocketPath)
        return refused(text, "the path of a socket has at most " + std::to_string(kMaxSocketPath) + " bytes");
    return url;
}

bool is_path_char(char c) {
    return c > ' ' && c < 0x7F && c != '?' && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

result<DaemonUrl> parse_tcp(std::string_view text, std::string_view rest, DaemonUrl::Scheme scheme,
                            std::uint16_t default_port) {
    DaemonUrl url;
    url.scheme = scheme;
    url.text = text;
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const auto authority = parse_host_port(rest.substr(0, slash));
    if (!authority)
        return refused(text, "it names no host, or a wrong one");
    url.host = authority->host;
    url.port = authority->port.value_or(default_port);
    if (url.port == 0)
        return refused(text, "the port has to be between 1 and 65535");
    std::string_view prefix = rest.substr(slash);
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    if (!std::all_of(prefix.begin(), prefix.end(), is_path_char))
        return refused(text, "a query, a fragment or such characters have no place in it");
    url.prefix = prefix;
    return url;
}

}  // namespace

std::string DaemonUrl::host_header() const {
    // Nobody resolves a host to reach a Unix socket, but HTTP/1.1 wants the field.
    if (scheme == Scheme::unix_socket)
        return "localhost";
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return name + ":" + std::to_string(port);
}

std::string DaemonUrl::base() const {
    if (scheme == Scheme::unix_socket)
        return "unix:" + socket_path;
    return (scheme == Scheme::https ? "https://" : "http://") + host_header() + prefix;
}

std::optional<std::string> DaemonUrl::listen_address() const {
    if (scheme == Scheme::unix_socket)
        return "unix:" + socket_path;
    if (scheme == Scheme::https || !prefix.empty())
        return std::nullopt;
    return host_header();
}

result<DaemonUrl> parse_daemon_url(std::string_view text) {
    using Scheme = DaemonUrl::Scheme;
    if (text.starts_with("unix:"))
        return parse_unix(text, text.substr(5));
    const std::size_t end = text.find("://");
    if (end == std::string_view::npos)
        return parse_tcp(text, text, Scheme::http, 9090);
    const std::string_view scheme = text.substr(0, end);
    if (iequals(scheme, "http"))
        return parse_tcp(text, text.substr(end + 3), Scheme::http, 80);
    if (iequals(scheme, "https"))
        return parse_tcp(text, text.substr(end + 3), Scheme::https, 443);
    return refused(text, "the scheme '" + clip(scheme, 20) + "' is not spoken here");
}

result<DaemonUrl> daemon_url(const std::optional<std::string>& option, const Environment& environment) {
    const auto variable = environment.non_empty("AGENTHUB_URL");
    auto url = parse_daemon_url(option ? *option : variable.value_or(std::string(kDefaultDaemonUrl)));
    if (url.has_error())
        return Error(url.error().code, (option ? "--url: " : "$AGENTHUB_URL: ") + url.error().message);
    return url;
}

}  // namespace agenthub

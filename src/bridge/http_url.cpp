// Reading URLs of HTTP servers (RFC 3986, as far as they name a server).
// Pure.

#include "bridge/http_url.hpp"

#include <charconv>

#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

Error refused(std::string_view text, std::string_view why) {
    std::string message = "'";
    message.append(text).append("' is no URL of an HTTP server: ").append(why);
    message += "; it is http://HOST[:PORT], https://HOST[:PORT] or unix:/PATH";
    return {errc::invalid_params, std::move(message)};
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
}

bool is_address_char(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

bool all_of(std::string_view text, bool (*fits)(char)) {
    for (const char c : text)
        if (!fits(c))
            return false;
    return !text.empty();
}

// What is no part of a path as it is sent; also whatever would end the request line.
bool is_path_char(char c) {
    return c > ' ' && c < 127 && c != '?' && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

}  // namespace

std::string HttpUrl::authority() const {
    if (!socket_path.empty())
        return host;
    const bool v6 = host.find(':') != std::string::npos;
    std::string out = v6 ? "[" + host + "]" : host;
    if (port != (tls ? kHttpsPort : kHttpPort))
        out += ":" + std::to_string(port);
    return out;
}

std::string HttpUrl::text() const {
    if (!socket_path.empty())
        return "unix:" + socket_path;
    return (tls ? "https://" : "http://") + authority();
}

result<HttpUrl> parse_http_url(std::string_view text) {
    HttpUrl url;
    if (text.starts_with("unix:")) {
        url.socket_path = text.substr(5);
        if (!url.socket_path.starts_with('/') || url.socket_path.find('\0') != std::string::npos)
            return refused(text, "the path of a Unix socket begins with /");
        url.host = "localhost";
        url.port = 0;
        return url;
    }
    const auto mark = text.find("://");
    const std::string_view scheme = text.substr(0, mark == std::string_view::npos ? 0 : mark);
    url.tls = iequals(scheme, "https");
    if (!url.tls && !iequals(scheme, "http"))
        return refused(text, "its scheme is neither http nor https");
    url.port = url.tls ? kHttpsPort : kHttpPort;
    std::string_view rest = text.substr(mark + 3);
    const auto slash = rest.find_first_of("/?#");
    std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    rest = rest.substr(0, slash);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    if (!path.empty() && !all_of(path, is_path_char))
        return refused(text, "a query, a fragment or a blank has no meaning there");
    url.path = path;
    if (rest.find('@') != std::string_view::npos)
        return refused(text, "user names and passwords do not belong there");
    const bool v6 = rest.starts_with('[');
    const auto end = v6 ? rest.find(']') : rest.find(':');
    url.host = rest.substr(v6 ? 1 : 0, end == std::string_view::npos ? end : end - (v6 ? 1 : 0));
    if (v6 ? end == std::string_view::npos || !all_of(url.host, is_address_char) : !all_of(url.host, is_host_char))
        return refused(text, "the host is missing, or no name or address");
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + (v6 ? 1 : 0));
    if (rest.empty())
        return url;
    const auto [stop, fault] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), url.port);
    if (rest[0] != ':' || fault != std::errc() || stop != rest.data() + rest.size() || url.port == 0)
        return refused(text, "its port is no number from 1 to 65535");
    return url;
}

}  // namespace agenthub

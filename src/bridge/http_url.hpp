// Where an HTTP server is: the URLs that the outbound client understands.
// Values; pure.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

struct HttpUrl {
    bool tls = false;
    std::string host;         // a name or an address, without brackets; over a Unix socket "localhost"
    std::uint16_t port = 80;  // 0 over a Unix socket
    std::string socket_path;  // not empty: a Unix socket
    std::string path;         // comes before every target: empty, or "/base" without a slash at its end
    bool operator==(const HttpUrl&) const = default;

    // The Host field: the port only where it is not the scheme's own (RFC 9110 section 7.2).
    std::string authority() const;
    // As a person would write it, without a path.
    std::string text() const;
};

// "http://host[:port][/path]", "https://…", "unix:/path/of/socket". Error: errc::invalid_params, which says what is
// wrong: a user name, a query or a fragment has no meaning here.
result<HttpUrl> parse_http_url(std::string_view text);

}  // namespace agenthub

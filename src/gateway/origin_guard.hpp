// Which Host and Origin a request may carry: what keeps web pages away from a daemon on the user's own machine
// (DNS rebinding, cross-site requests). Checked on every method before the body is read.
// Pure; made once from the configuration.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "config/listen_address.hpp"

namespace agenthub {

class OriginGuard {
public:
    // `hosts` and `origins`: limits of the configuration (allowed_hosts, allowed_origins), lower case.
    OriginGuard(const std::vector<ListenAddress>& listen, std::vector<std::string> origins,
                std::vector<std::string> hosts);

    struct Question {
        std::string_view host;    // the Host field; empty when absent
        std::string_view origin;  // the Origin field; empty when absent
        bool has_origin = false;
        bool over_unix = false;  // no browser reaches a Unix socket: any Host is fine
        std::uint16_t port = 0;  // the local port the request came in on
    };

    // Passes, or errc::invalid_request with a sentence that says which field, why, and what to configure.
    result<void> check(const Question& question) const;

    // True when a browser page of that origin may read responses (CORS).
    bool allows_origin(std::string_view origin, std::uint16_t port) const;

private:
    bool allows_host(std::string_view host) const;

    std::vector<std::string> listen_hosts_;
    std::vector<std::string> origins_;
    std::vector<std::string> hosts_;
};

}  // namespace agenthub

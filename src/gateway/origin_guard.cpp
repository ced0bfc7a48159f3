// Which Host and Origin a request may carry.
// Pure.

#include "gateway/origin_guard.hpp"

#include <unistd.h>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace agenthub {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_ip_literal(std::string_view host) {
    boost::system::error_code ec;
    boost::asio::ip::make_address(std::string(host), ec);
    return !ec;
}

bool is_loopback_name(std::string_view host) {
    if (host == "localhost")
        return true;
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address(std::string(host), ec);
    return !ec && address.is_loopback();
}

std::string own_host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? lower(name.data()) : std::string();
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

OriginGuard::OriginGuard(const std::vector<ListenAddress>& listen, std::vector<std::string> origins,
                         std::vector<std::string> hosts)
    : origins_(std::move(origins)), hosts_(std::move(hosts)) {
    for (const auto& address : listen)
        if (address.kind == ListenAddress::Kind::tcp)
            listen_hosts_.push_back(lower(address.host));
    if (const std::string own = own_host_name(); !own.empty())
        listen_hosts_.push_back(own);
}

// An address typed as digits cannot have been rebound by a name server; a name can, so names must be known.
bool OriginGuard::allows_host(std::string_view authority) const {
    const std::string text = lower(authority);
    const auto parts = parse_host_port(text);
    if (!parts)
        return false;
    return is_loopback_name(parts->host) || is_ip_literal(parts->host) || contains(listen_hosts_, parts->host) ||
           contains(hosts_, parts->host) || contains(hosts_, text);
}

bool OriginGuard::allows_origin(std::string_view origin, std::uint16_t port) const {
    const std::string text = lower(origin);
    if (contains(origins_, text))
        return true;
    // AgentHub's own pages, reached over the loopback.
    constexpr std::string_view kScheme = "http://";
    if (!text.starts_with(kScheme))
        return false;
    const auto parts = parse_host_port(std::string_view(text).substr(kScheme.size()));
    return parts && is_loopback_name(parts->host) && parts->port.value_or(80) == port && port != 0;
}

result<void> OriginGuard::check(const Question& question) const {
    if (!question.over_unix) {
        if (question.host.empty())
            return Error(errc::invalid_request, "the request has no Host header");
        if (!allows_host(question.host))
            return Error(errc::invalid_request, "the Host '" + clip(question.host, 100) +
                                                    "' is not one of AgentHub's; add it to allowed_hosts in the "
                                                    "configuration if it should be");
    }
    if (question.has_origin && !allows_origin(question.origin, question.port))
        return Error(errc::invalid_request, "requests from the web origin '" + clip(question.origin, 100) +
                                                "' are not allowed; add it to allowed_origins in the configuration if "
                                                "they should be");
    return {};
}

}  // namespace agenthub

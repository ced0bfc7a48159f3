// Finding addresses.
// A function.

#include "bridge/http_resolve.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>

#include "base/text.hpp"

namespace agenthub {
namespace {

using asio::ip::tcp;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;

// Shared by who waits and the resolver's handler: a lookup cannot be cancelled once the system works on it, so either
// may be the last.
struct Lookup {
    explicit Lookup(Executor executor) : resolver(executor), woken(executor) {}
    Resolver resolver;
    SteadyTimer woken;
    boost::system::error_code fault;
    std::vector<tcp::endpoint> found;
    bool done = false;
};

void begin(const std::shared_ptr<Lookup>& lookup, const std::string& host, std::uint16_t port) {
    auto take = [lookup](boost::system::error_code fault, const Resolver::results_type& entries) {
        lookup->fault = fault;
        for (const auto& entry : entries)
            lookup->found.push_back(entry.endpoint());
        lookup->done = true;
        lookup->woken.cancel();
    };
    lookup->resolver.async_resolve(host, std::to_string(port), Resolver::flags::address_configured, std::move(take));
}

// That thread takes one lookup after the other: those that nobody waits for any more must not stand before the next.
class LookupEnd {
public:
    explicit LookupEnd(Lookup& lookup) noexcept : lookup_(lookup) {}
    ~LookupEnd() {
        if (!lookup_.done)
            lookup_.resolver.cancel();
    }
    LookupEnd(const LookupEnd&) = delete;
    LookupEnd& operator=(const LookupEnd&) = delete;

private:
    Lookup& lookup_;
};

std::vector<tcp::endpoint> loopback(std::uint16_t port) {
    std::vector<tcp::endpoint> out;
    out.emplace_back(asio::ip::address_v4::loopback(), port);
    out.emplace_back(asio::ip::address_v6::loopback(), port);
    return out;
}

}  // namespace

awaitable<result<std::vector<tcp::endpoint>>> resolve_host(std::string host, std::uint16_t port, Deadline deadline) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address)
        co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));
    if (iequals(host, "localhost"))
        co_return loopback(port);
    const auto executor = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<Lookup>(executor);
    const LookupEnd at_end(*lookup);
    begin(lookup, host, port);
    boost::system::error_code ignored;
    lookup->woken.expires_at(deadline.at());
    co_await lookup->woken.async_wait(asio::redirect_error(use_awaitable, ignored));
    if (!lookup->done && !deadline.expired())
        co_return Error(errc::cancelled, "the request was broken off");
    if (!lookup->done)
        co_return Error(errc::upstream_unreachable, "the name '" + host + "' was not resolved in time");
    if (lookup->fault || lookup->found.empty()) {
        const std::string why = lookup->fault ? lookup->fault.message() : std::string("it has no address");
        co_return Error(errc::upstream_unreachable, "the name '" + host + "' cannot be resolved: " + why);
    }
    co_return std::move(lookup->found);
}

}  // namespace agenthub

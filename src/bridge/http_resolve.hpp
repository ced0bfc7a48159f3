// The addresses of a host, found without blocking the loop.
// A function.

#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

// An address is itself, "localhost" the two of the loopback (RFC 6761 section 6.3); other names are asked of the
// system, on Asio's own thread. A lookup that is cancelled or too late is left out there, or its answer dropped when it
// has begun. Errors: errc::upstream_unreachable, errc::cancelled. Never an empty list.
awaitable<result<std::vector<asio::ip::tcp::endpoint>>> resolve_host(std::string host, std::uint16_t port,
                                                                     Deadline deadline);

}  // namespace agenthub

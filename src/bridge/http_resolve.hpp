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
// system, on Asio's own thread. A lookup that is cancelled or too late goes on there, and its answer is dropped.
// Errors: errc::upstream_unreachable. Never an empty list.
awaitable<result<std::vector<asio::ip::tcp::endpoint>>> resolve_host(std::string host, std::uint16_t port,
                                                                     Deadline deadline);

}  // namespace agenthub

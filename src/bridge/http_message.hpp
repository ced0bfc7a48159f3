// What is asked of an HTTP server, and where a long body comes from.
// Values; the body's source is owned by who sends.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

// Names and values in their order, as they are sent or were received; a name may stand more than once.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

// The value of the first field of this name, in any case; empty when there is none.
std::string_view field_of(const HttpFields& fields, std::string_view name) noexcept;

// A body that is made, or comes, while it is sent. The next piece is asked for when the last one has been written.
class HttpBodySource {
public:
    virtual ~HttpBodySource() = default;
    // True: `piece`, whose old bytes are replaced, has the next bytes, at least one. False: that was all. An error ends
    // the request, and is what send() returns.
    virtual awaitable<result<bool>> next(std::string& piece) = 0;
};

struct OutboundRequest {
    std::string method = "GET";
    std::string target = "/";  // path and query, percent-encoded
    // Without those that are the client's own: Host, Connection, Content-Length, Transfer-Encoding.
    HttpFields fields;
    std::string body;
    HttpBodySource* more = nullptr;       // what follows `body`; outlives send()
    std::optional<std::uint64_t> length;  // of both together; with `more` and without it the body is sent in chunks
    Deadline deadline;                    // of everything, the response's body included
    Duration read_timeout{};              // 0: the client's
};

}  // namespace agenthub

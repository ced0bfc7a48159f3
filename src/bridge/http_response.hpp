// One response of an HTTP server while it comes: its header, then its body piece by piece.
// Owned by who asked. The server is read from only as fast as the pieces are taken.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/http_message.hpp"

namespace agenthub {

class HttpInflow;

// Loop thread only; one read() at a time. A response that is destroyed, or whose read() is cancelled, before its end
// closes its connection at once.
class OutboundResponse {
public:
    explicit OutboundResponse(std::unique_ptr<HttpInflow> inflow) noexcept;
    OutboundResponse(OutboundResponse&&) noexcept;
    OutboundResponse& operator=(OutboundResponse&&) noexcept;
    ~OutboundResponse();

    unsigned status() const noexcept;
    const HttpFields& fields() const noexcept;  // without trailers
    std::string_view field(std::string_view name) const noexcept { return field_of(fields(), name); }
    // Of the body, where the server says it.
    std::optional<std::uint64_t> length() const noexcept;

    // Replaces `piece` by the next bytes of the body, decoded from chunks: whatever has come, at least one byte and at
    // most the client's buffer_bytes. 0: that was all. Errors: errc::call_timeout when nothing comes in time,
    // errc::upstream_failed when the connection breaks or what comes is no HTTP, errc::cancelled when the coroutine
    // was; the same again afterwards.
    awaitable<result<std::size_t>> read(std::string& piece);
    // What is left of the body. Error, besides: errc::too_large beyond `limit`.
    awaitable<result<std::string>> read_all(std::size_t limit);

    // Breaks the rest off: closes the connection.
    void close() noexcept;

private:
    std::unique_ptr<HttpInflow> inflow_;
};

}  // namespace agenthub

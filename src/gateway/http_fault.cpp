// The words for faults of HTTP.
// Pure functions.

#include "gateway/http_fault.hpp"

#include <boost/beast/http/error.hpp>

#include "base/text.hpp"

namespace agenthub {

namespace http = boost::beast::http;

HttpFault fault_of(boost::system::error_code ec) {
    using http::error;
    if (ec == error::header_limit)
        return {431, "the request's header is larger than limits.header_bytes"};
    if (ec == error::body_limit)
        return {413, "the request's body is larger than limits.body_bytes"};
    if (ec == error::bad_version)
        return {505, "the request line must end with HTTP/1.0 or HTTP/1.1; no other version is spoken here"};
    if (ec == error::bad_transfer_encoding)
        return {400, "the Transfer-Encoding is given twice or beside a Content-Length"};
    if (ec == error::bad_chunk || ec == error::bad_chunk_extension || ec == error::buffer_overflow)
        return {400, "the chunked body is malformed, or a chunk extension or trailer is too long"};
    if (ec == error::bad_content_length || ec == error::multiple_content_length)
        return {400, "the Content-Length is malformed or given twice"};
    if (ec == error::partial_message || ec == error::end_of_stream)
        return {400, "the request ended before it was complete"};
    return {400, "the request is not valid HTTP"};
}

std::optional<HttpFault> fault_of(const http::request<HttpPieceBody>& request) {
    const auto codings = request.count(http::field::transfer_encoding);
    const bool plain_chunks =
        codings == 1 && iequals(trim(request[http::field::transfer_encoding]), "chunked") && request.version() >= 11;
    if (codings > 0 && !plain_chunks)
        return HttpFault{501, "this Transfer-Encoding is not supported; use chunked (in HTTP/1.1) or Content-Length"};
    if (request.count(http::field::host) > 1)
        return HttpFault{400, "the request has more than one Host header"};
    return std::nullopt;
}

}  // namespace agenthub

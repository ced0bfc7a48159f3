// What is wrong with a request as HTTP, and how it is answered.
// Pure functions.

#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/system/error_code.hpp>

#include <optional>
#include <string_view>

#include "bridge/http_piece_body.hpp"

namespace agenthub {

struct HttpFault {
    unsigned status;       // of the reply
    std::string_view why;  // static text
};

// Of a request that the parser refused with `ec`.
HttpFault fault_of(boost::system::error_code ec);

// Of a request that the parser lets pass, if any. A body whose end it cannot tell would be taken for the next request
// (RFC 9112 section 6.3), and with two Hosts the guard would judge one and somebody else the other (section 3.2).
std::optional<HttpFault> fault_of(const boost::beast::http::request<HttpPieceBody>& request);

}  // namespace agenthub

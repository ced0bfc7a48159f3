// What web pages of allowed origins may send and see (Fetch standard, "CORS protocol").
// Pure functions.

#pragma once

#include <string>

#include "gateway/http_request.hpp"

namespace agenthub {

// The header lines of every reply to a request with an Origin that the guard has let in.
std::string allow_origin(const HttpRequest& request);

// The answer to an OPTIONS request for a route of clients.
HttpReply preflight(const HttpRequest& request);

}  // namespace agenthub

// Reads one HTTP/1.1 response off the front of what has been received.
// Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agenthub::load {

struct HttpResponse {
    enum class State { incomplete, complete, malformed };

    State state = State::incomplete;
    int status = 0;
    std::size_t size = 0;  // bytes it took
    bool is_stream = false;
    bool closes = false;  // Connection: close
    std::string session_id;
    std::string_view body;  // into the received bytes, or into `joined` when it came in several chunks
    std::string joined;

    HttpResponse() = default;
    HttpResponse(const HttpResponse&) = delete;  // body may point into joined
    HttpResponse& operator=(const HttpResponse&) = delete;
};

// A response without Content-Length and chunks counts as malformed: on a kept connection it would have no end.
void parse_response(std::string_view received, HttpResponse& out);

}  // namespace agenthub::load

// One HTTP request as the routes see it, and the reply they hand back.
// Owned by the connection for the time of one request.

#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "base/event.hpp"
#include "base/uuid.hpp"
#include "bridge/http_message.hpp"
#include "gateway/header_index.hpp"
#include "gateway/router.hpp"

namespace agenthub {

namespace http = boost::beast::http;

// The rest of a request's body that is too long to be kept.
class RequestRest : public HttpBodySource {
public:
    // Its last byte has been read.
    virtual bool is_over() const noexcept = 0;
};

// The row of the activity that tells of a request, once it is written: what a reply waits for in strict mode.
struct RecordTicket {
    std::int64_t row = 0;  // the last one, when there are several; 0: none
    bool lost = false;     // there was no room for it
};

struct HttpRequest {
    http::verb verb = http::verb::unknown;
    std::string_view verb_text;  // as sent
    std::string_view path;       // percent-encoding kept; starts with '/'
    std::string_view query;      // without '?'
    const http::fields* fields = nullptr;
    const HeaderIndex* index = nullptr;           // of these fields, for header() and has_header(); may be null
    std::string body;                             // empty until the guards have passed
    std::size_t body_bytes = 0;                   // its size; the body itself may have been moved on
    bool takes_pieces = false;                    // set by admit(): the body may be of any length, and `rest` be set
    RequestRest* rest = nullptr;                  // what follows `body`; null when that is all of it
    std::optional<std::uint64_t> content_length;  // as the client says
    std::string_view peer_ip;                     // "unix" over a Unix socket
    std::uint16_t local_port = 0;                 // the port the connection came in on
    bool over_unix = false;
    bool repeats = false;        // its header is, but for the length, that of the request before it on its connection
    std::uint64_t admitted = 0;  // set by admit(): under which configuration this header was let in; 0: look again
    Route route;                 // set by admit()
    Uuid id;                     // X-Request-ID of the response
    TimePoint began{};
    std::int64_t began_unix_ms = 0;
    mutable RecordTicket ticket;  // set by the recorder, which only reads the request otherwise

    // The field's value without surrounding white space, empty when absent.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const;
    // The first value of a query parameter, percent-decoded; nullptr-like empty optional when absent.
    std::optional<std::string> query_value(std::string_view name) const;
};

struct HttpReply {
    unsigned status = 200;
    std::string_view content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string_view, std::string>> headers;
};

// The standard reason phrase of a status (RFC 9110 section 15).
std::string_view reason_phrase(unsigned status) noexcept;

// `text` with %XX resolved; broken escapes stay as they are. `plus` is what '+' stands for: a blank in a query, itself
// in a path.
std::string percent_decode(std::string_view text, char plus = ' ');

// The body of every error outside of MCP: {"detail": "..."}.
HttpReply detail_reply(unsigned status, std::string_view detail);

}  // namespace agenthub

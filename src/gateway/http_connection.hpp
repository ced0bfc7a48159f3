// One client connection: reads requests, one after the other, hands them on, keeps the connection's limits.
// Owned by the listener's task for it.

#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <string>

#include "base/task_group.hpp"
#include "bridge/http_piece_body.hpp"
#include "config/config.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/repeated_header.hpp"

namespace agenthub {

// What the gateway does with requests; implemented by Gateway.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    // Looks at the header alone, before the body is read. A reply refuses the request.
    virtual std::optional<HttpReply> admit(HttpRequest& request, HttpResponder& responder) = 0;
    // Serves an admitted request: sends exactly one reply and returns when it is written.
    virtual awaitable<void> handle(HttpRequest& request, HttpResponder& responder) = 0;
    // A request that could not even be read as HTTP, or was refused by admit(), has been answered.
    virtual void refused(const HttpRequest& request, const HttpResponder& responder, std::string_view why) = 0;
    // The body of an error that happened outside of any route.
    virtual HttpReply error_reply(std::string_view path, unsigned status, std::string_view why) = 0;
};

// Shared by its own task and by the background task of an event stream: either may be cancelled first.
class HttpConnection : public std::enable_shared_from_this<HttpConnection>, private RequestRest {
public:
    struct Peer {
        std::string ip;  // "unix" over a Unix socket
        bool unix_socket = false;
        std::uint16_t local_port = 0;
    };

    HttpConnection(HttpSocket socket, Peer peer, const Limits& limits, HttpHandler& handler, RequestIds& ids,
                   TaskGroup& tasks);

    // Serves requests until either side ends the connection.
    awaitable<void> run();

    // Called about once a second: breaks the present read or write off when it has taken too long.
    void expire(TimePoint now);
    // Ends the connection after the request it is serving; at once when it is idle. The client is told in either case.
    void drain();

private:
    using Parser = http::request_parser<HttpPieceBody>;

    awaitable<bool> await_first_bytes();
    awaitable<void> say_goodbye();
    awaitable<bool> read_header();
    awaitable<bool> serve();
    awaitable<bool> prepare_body();
    awaitable<bool> read_body();
    awaitable<bool> read_beginning();
    awaitable<boost::system::error_code> read_piece(TimePoint until);
    awaitable<result<bool>> next(std::string& piece) override;
    bool is_over() const noexcept override { return parser_->is_done(); }
    awaitable<void> refuse(HttpReply reply, std::string_view why);
    awaitable<void> refuse_request(unsigned status, std::string_view why);
    awaitable<void> refuse_unreadable(boost::system::error_code why);
    awaitable<void> linger();
    bool take_repeated();
    std::size_t parse_first_bytes(boost::system::error_code& ec);
    void describe_request();
    void begin_request(bool keep_alive);
    void release_memory();

    HttpSocket socket_;
    Peer peer_;
    const Limits& limits_;
    HttpHandler& handler_;
    RequestIds& ids_;
    TimePoint io_deadline_ = TimePoint::max();
    HttpResponder responder_;
    boost::beast::flat_buffer buffer_;  // holds memory only while there are bytes in it
    std::optional<Parser> parser_;      // of a repeated header, that of the request before
    RepeatedHeader repeated_;
    HeaderIndex index_;  // of request_'s fields
    HttpRequest request_;
    http::fields header_;         // of a request whose body may end with a trailer
    Duration rest_time_{};        // that was waited for the present stretch of a body that comes in pieces
    std::size_t rest_bytes_ = 0;  // of that stretch
    bool timed_out_ = false;
    bool draining_ = false;
    bool idle_ = false;  // waiting for the first byte of a request
};

}  // namespace agenthub

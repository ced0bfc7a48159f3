// The reading half of one exchange with an HTTP server: bytes of the wire in, header and pieces of the body out.
// Owned by the client until the header is there, then by the response.

#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <string>

#include "bridge/http_message.hpp"
#include "bridge/http_piece_body.hpp"
#include "bridge/http_pool.hpp"

namespace agenthub {

// What the client's options say to one exchange.
struct HttpInflowRules {
    std::string server;  // as errors name it
    bool to_head = false;
    std::size_t header_bytes = 65536;
    std::size_t buffer_bytes = 65536;
    Duration read_timeout{};
    Deadline deadline;
};

// Has a place in the pool from its making to its end.
class HttpInflow {
public:
    // `wire` is connected; a place in the pool has been entered for it.
    HttpInflow(std::shared_ptr<HttpPool> pool, std::unique_ptr<HttpWire> wire, HttpInflowRules rules);
    ~HttpInflow();
    HttpInflow(const HttpInflow&) = delete;
    HttpInflow& operator=(const HttpInflow&) = delete;

    HttpWire& wire() noexcept { return *wire_; }
    // Before each operation on the wire.
    void set_limit() { wire_->set_limit(rules_.deadline.earlier(Deadline::after(rules_.read_timeout)).at()); }
    // All of both, each part of them within the limit; returns how much of it the system took.
    awaitable<std::size_t> write(std::string_view first, std::string_view second, boost::system::error_code& ec);
    Error broken(boost::system::error_code why) const;

    // Until the header of the final response is there (RFC 9110 section 15.2: interim ones are passed over).
    awaitable<result<void>> read_header();
    // True once any byte of a response has come.
    bool has_begun() const noexcept { return begun_; }
    // The request was not written to its end, so the connection cannot carry another.
    void spoil() noexcept { spoilt_ = true; }

    awaitable<result<std::size_t>> read(std::string& piece);
    void close() noexcept;

    unsigned status() const noexcept { return status_; }
    const HttpFields& fields() const noexcept { return fields_; }
    std::optional<std::uint64_t> length() const noexcept { return length_; }

private:
    using Parser = boost::beast::http::response_parser<HttpPieceBody>;

    awaitable<result<void>> fill();
    result<void> parse();
    void restart();
    void take_header();
    bool is_too_long() const;
    void end_if_done();

    std::shared_ptr<HttpPool> pool_;  // also the client's
    std::unique_ptr<HttpWire> wire_;  // null after the end
    HttpInflowRules rules_;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::size_t next_read_;
    std::size_t header_size_ = 0;  // of what the parser has taken
    std::optional<Error> failure_;
    HttpFields fields_;
    std::optional<std::uint64_t> length_;
    unsigned status_ = 0;
    bool begun_ = false;
    bool ended_ = false;  // the server has said all it will
    bool spoilt_ = false;
};

}  // namespace agenthub

// Writes the reply to one HTTP request: whole, or as a stream of events.
// Owned by the connection; used by one request at a time.

#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/task_group.hpp"
#include "gateway/event_stream.hpp"
#include "gateway/http_request.hpp"
#include "mcp/message.hpp"

namespace agenthub {

using HttpSocket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

// The line that begins a chunk (RFC 9112 section 7.1).
void append_chunk_size(std::string& out, std::size_t size);

// How often a client is looked at whose leaving wakes nobody, because bytes that it has sent are not read yet.
inline constexpr Duration kLook{50};

class HttpResponder {
public:
    // `io_deadline` is the connection's: set before each write, so that a client that does not read ends.
    HttpResponder(HttpSocket& socket, TimePoint& io_deadline, Duration write_limit, TaskGroup& tasks);
    // Whoever owns this responder: kept alive by its background tasks.
    void set_owner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }

    // A new request has come; `head` is a HEAD request, whose reply has no body.
    void begin(const Uuid& request_id, unsigned http_version, bool keep_alive, bool head);
    // A header for every reply to this request (CORS); `line` ends with \r\n.
    void add_header_line(std::string_view line) { extra_ += line; }

    // Writes a whole reply. A failed write closes the connection after the request.
    awaitable<void> send(const HttpReply& reply);

    // Writes a JSON-RPC reply as application/json, with `id` (JSON text) in place of the one it carries.
    awaitable<void> send_message(const mcp::Message& reply, std::string_view id);
    // The same with these patches, whose bytes outlive the call, and another status.
    awaitable<void> send_message(const mcp::Message& reply, mcp::PatchList patches, unsigned status);

    // Writes the stream as text/event-stream until it ends. A failed write breaks the stream off.
    awaitable<void> stream_events(std::shared_ptr<EventStream> stream);
    // The same while the caller goes on; stream_ended() returns when the last byte is written. The task keeps the
    // connection alive.
    void start_stream(std::shared_ptr<EventStream> stream);
    awaitable<void> stream_ended() { co_await stream_ended_.wait(); }
    // Breaks the stream off as soon as the client closes the connection, which then serves no further request.
    void watch_for_close(std::shared_ptr<EventStream> stream);

    // A body that comes piece by piece; `length` is that of all of it, where it is known. The header goes out at once,
    // and each piece when it comes. False when the client cannot be written to: the connection then ends.
    awaitable<bool> begin_body(unsigned status, std::string_view content_type, std::string_view header_lines,
                               std::optional<std::uint64_t> length);
    awaitable<bool> write_piece(std::string_view piece);
    awaitable<void> end_body();
    // Returns when the client has closed the connection, at least its half of it; the whole request must have been
    // read. A client that sends its next request already is there, and looked at from time to time.
    awaitable<void> client_leaves();

    // From now on a whole reply is kept instead of being written, until release() writes it, or another one is sent in
    // its place; one that comes piece by piece, or as a stream, is not kept. held_body() is that of the kept reply.
    void hold() noexcept { holding_ = true; }
    awaitable<void> release();
    awaitable<void> send_instead(const HttpReply& reply);
    bool is_held() const noexcept { return !held_.empty(); }
    std::string_view held_body() const noexcept;

    // "100 Continue", for a client that waits for it before it sends the body.
    awaitable<void> send_continue();

    // True when the client has closed the connection, at least its half of it.
    bool client_is_gone() const noexcept;

    bool replied() const noexcept { return status_ != 0; }
    unsigned status() const noexcept { return status_; }
    std::uint64_t body_bytes() const noexcept { return body_bytes_; }
    bool keep_alive() const noexcept { return keep_alive_; }
    void close_after_reply() noexcept { keep_alive_ = false; }
    // Frees what is kept for the next reply. Not while one is written.
    void release_memory() noexcept;

private:
    void write_head(unsigned status, std::string_view content_type, std::string_view header_lines);
    awaitable<void> stream_in_background(std::shared_ptr<void> owner, std::shared_ptr<EventStream> stream);
    awaitable<void> await_close(std::shared_ptr<void> owner, std::shared_ptr<EventStream> stream);
    awaitable<bool> write_out(std::string_view second = {}, std::string_view third = {});
    awaitable<void> flush();
    awaitable<void> send_long(const mcp::Message& reply, mcp::PatchList patches);
    bool write_at_once(std::span<asio::const_buffer> pieces);
    awaitable<bool> write_rest(std::span<asio::const_buffer> pieces);
    void keep(std::string_view bytes) { held_.append(bytes); }

    HttpSocket& socket_;
    TimePoint& io_deadline_;
    Duration write_limit_;
    TaskGroup& tasks_;
    std::weak_ptr<void> owner_;
    Event stream_ended_;
    std::string out_;    // reused from reply to reply
    std::string extra_;  // header lines of this request
    std::string held_;   // the reply that waits for release()
    Uuid request_id_;
    unsigned http_version_ = 11;
    unsigned status_ = 0;
    std::uint64_t body_bytes_ = 0;
    bool keep_alive_ = true;
    bool head_ = false;
    bool chunked_ = false;  // the body that is being written
    bool holding_ = false;
};

}  // namespace agenthub

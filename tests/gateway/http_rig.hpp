// A listener on a port of its own with a handler that plays the gateway, and raw clients on the same loop.
// Owned by each test; see with_rig().

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_listener.hpp"

namespace agenthub {

// Ends a test's coroutine when the condition is false, as ASSERT_TRUE would end a function.
#define CO_REQUIRE(condition)                  \
    do {                                       \
        if (!(condition)) {                    \
            ADD_FAILURE() << #condition;       \
            throw std::runtime_error("ended"); \
        }                                      \
    } while (false)

// What it does is in the path:
//   /refuse…   admit() refuses with 403
//   /big/N     a reply of N bytes
//   /wait      replies when `go` is notified
//   /events    the event stream `stream`, watched for the client's leaving
//   /upgrade   opens `stream` as a call does that has something to say before its answer
//   otherwise  200 with what came: {"method":"POST","path":"/x","body":"…","session":"…"}
class FakeHandler final : public HttpHandler {
public:
    explicit FakeHandler(Executor executor) : go(executor), executor_(executor) {}

    std::optional<HttpReply> admit(HttpRequest& request, HttpResponder& responder) override;
    awaitable<void> handle(HttpRequest& request, HttpResponder& responder) override;
    void refused(const HttpRequest& request, const HttpResponder& responder, std::string_view why) override;
    HttpReply error_reply(std::string_view path, unsigned status, std::string_view why) override;

    Event go;
    std::size_t stream_limit = 1 << 20;
    std::shared_ptr<EventStream> stream;  // of the last /events or /upgrade
    int active = 0;                       // handlers that have begun and not ended, however they end
    int served = 0;                       // those that have returned
    bool over_unix = false;
    std::string peer_ip, host, length;  // of the last request; the Content-Length
    int repeated = 0;                   // requests whose header was known
    std::vector<unsigned> refusals;     // statuses

private:
    awaitable<void> answer(HttpRequest& request, HttpResponder& responder);
    Executor executor_;
};

struct HttpRig {
    HttpRig(asio::io_context& loop, Limits l);

    // Other coroutines and the sockets get their turn.
    awaitable<void> turn();
    // Returns when the condition holds; the test's own bound ends it otherwise.
    template <class Condition>
    awaitable<void> until(Condition condition) {
        while (!condition())
            co_await turn();
    }

    Executor executor;
    Limits limits;
    FakeHandler handler;
    HttpListener listener;
    std::uint16_t port = 0;
};

struct ClientReply {
    int status = 0;
    std::string head;  // with the empty line
    std::string body;  // decoded when it was chunked
    bool whole = false;
    // Empty when absent.
    std::string header(std::string_view name) const;
};

class RawClient {
public:
    explicit RawClient(HttpRig& rig);  // connects

    // False when the server has closed.
    awaitable<bool> send(std::string bytes);
    // One byte after the other, the server reading in between.
    awaitable<bool> send_slowly(std::string bytes);
    void finish_sending();  // half-close
    void close() { socket_.close(); }
    // The next reply; not whole when the server closes first. A reply to HEAD has no body.
    awaitable<ClientReply> reply(bool to_head = false);
    // Sends and reads.
    awaitable<ClientReply> ask(std::string bytes);
    // What comes until the text is there, or the end.
    awaitable<std::string> read_until(std::string text);
    // What is left until the server closes.
    awaitable<std::string> read_to_end();
    HttpSocket& socket() noexcept { return socket_; }

private:
    awaitable<bool> more();
    HttpSocket socket_;
    HttpRig& rig_;
    std::string buffer_;
};

std::string get(std::string_view target, std::string_view fields = {});
std::string post(std::string_view target, std::string_view body, std::string_view fields = {});

// Runs `body` with a started listener and stops it, failing the test when that takes longer than 30 s, when a
// connection is left or a handler still runs.
void with_rig(awaitable<void> (*body)(HttpRig&), Limits limits = {});

}  // namespace agenthub

// An HTTP server whose every byte the test says, and clients that ask it, on one loop.
// Owned by each test; see with_peer().

#pragma once

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>

#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/event.hpp"
#include "base/task_group.hpp"
#include "bridge/http_client.hpp"

namespace agenthub {

// Ends a test's coroutine when the condition is false, as ASSERT_TRUE would end a function.
#define CO_REQUIRE(condition)                  \
    do {                                       \
        if (!(condition)) {                    \
            ADD_FAILURE() << #condition;       \
            throw std::runtime_error("ended"); \
        }                                      \
    } while (false)

using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

// One connection as the server has it.
class PeerConnection {
public:
    explicit PeerConnection(TcpSocket socket) : socket_(std::move(socket)) {}

    // Until the text has come; everything up to its end. What there is, when the client closes before.
    awaitable<std::string> read_until(std::string text);
    // The header of the next request.
    awaitable<std::string> request() { return read_until("\r\n\r\n"); }
    awaitable<bool> send(std::string bytes);
    // Returns when the client has closed or reset the connection, whatever it sends before.
    awaitable<void> closed();
    void close() { socket_.close(); }
    TcpSocket& socket() noexcept { return socket_; }

private:
    awaitable<bool> more();
    TcpSocket socket_;
    std::string buffer_;
};

// A request under way, and what became of it.
struct Asked {
    explicit Asked(Executor executor) : done(executor) {}
    Event done;
    std::optional<result<OutboundResponse>> outcome;
    OutboundResponse& response() { return outcome->value(); }
    errc code() const { return outcome->error().code; }
};

struct PeerRig {
    PeerRig(asio::io_context& loop, HttpClientOptions options);

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }
    HttpClient& client() { return *http; }
    // In place of the present one.
    void use(const std::string& url, HttpClientOptions options = {});
    // Sends the request beside the test; `tasks` has it until it ends.
    Asked& ask(OutboundRequest request);
    Asked& get(std::string target = "/");
    Asked& post(std::string body);
    awaitable<PeerConnection> accept();
    // Other coroutines and the sockets get their turn.
    awaitable<void> turn();
    template <class Condition>
    awaitable<void> until(Condition condition) {
        while (!condition())
            co_await turn();
    }

    Executor executor;
    TaskGroup tasks;
    TcpAcceptor acceptor;
    std::uint16_t port = 0;
    std::optional<HttpClient> http;
    std::deque<Asked> asked;
};

// Runs `body`, failing the test when it does not end within 30 s.
void with_peer(awaitable<void> (*body)(PeerRig&), HttpClientOptions options = {});

// "HTTP/1.1 200 OK" with this body and its length.
std::string answer(std::string_view body, std::string_view fields = {});

}  // namespace agenthub

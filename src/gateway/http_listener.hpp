// Accepts connections on all configured addresses, within the connection limit.
// Owned by the gateway.

#pragma once

#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "config/config.hpp"
#include "gateway/http_connection.hpp"
#include "gateway/listen_socket.hpp"

namespace agenthub {

class HttpListener {
public:
    HttpListener(Executor executor, const Limits& limits, HttpHandler& handler);

    // Binds and listens on all of them, or says which cannot be. Errors: those of open_listen_socket.
    result<void> open(const std::vector<ListenAddress>& addresses);
    // Accepts on sockets that listen already. Errors: those of adopt_listen_socket.
    result<void> adopt(std::vector<PassedSocket> passed);
    // What it listens on, with the ports the system chose: "http://127.0.0.1:9090", "unix:/path".
    const std::vector<std::string>& urls() const noexcept { return urls_; }

    // Starts accepting.
    void start();
    // Stops accepting and lets connections end after the request they serve. Whoever gets a connection meanwhile is
    // told that it ends, so that no client has to wonder whether its request was carried out.
    void drain();
    // Returns when no connection is left or the deadline has passed.
    awaitable<void> wait_idle(Deadline deadline);
    // Ends everything at once. Call it before the destructor.
    awaitable<void> stop();

    // Ends what has taken too long, and lets connections that rest give back memory. Called about once a second.
    void expire(TimePoint now);

    std::size_t connections() const noexcept { return connections_.size(); }

private:
    struct Refused {
        HttpSocket socket;
        TimePoint until;
    };

    void add(ListenSocket socket);
    awaitable<void> accept_loop(ListenSocket::Acceptor& acceptor);
    awaitable<void> end_accepting();
    awaitable<void> serve(HttpSocket socket);
    awaitable<void> sweep();
    awaitable<void> pause_accepting(boost::system::error_code why);
    void take(HttpSocket socket);
    void take_waiting(ListenSocket::Acceptor& acceptor);
    void refuse(HttpSocket socket);
    void give_back_after_a_crowd();

    Executor executor_;
    const Limits& limits_;
    HttpHandler& handler_;
    RequestIds ids_;
    std::list<ListenSocket> sockets_;
    std::vector<std::string> urls_;
    std::deque<Refused> refused_;
    std::list<HttpConnection*> connections_;
    TaskGroup accepting_;
    TaskGroup serving_;
    std::size_t most_ = 0;  // connections since memory was given back
    bool draining_ = false;
};

}  // namespace agenthub

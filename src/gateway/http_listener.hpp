// Accepts connections on all configured addresses, within the connection limit.
// Owned by the gateway.

#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "config/config.hpp"
#include "gateway/http_connection.hpp"

namespace agenthub {

class HttpListener {
public:
    HttpListener(Executor executor, const Limits& limits, HttpHandler& handler);
    ~HttpListener();

    // Binds and listens. A Unix socket's stale file is replaced; the new one is for its owner alone.
    // Errors: errc::io_error with the address and what to do.
    result<void> open(const std::vector<ListenAddress>& addresses);
    // What it listens on, with the ports the system chose: "http://127.0.0.1:9090", "unix:/path".
    const std::vector<std::string>& urls() const noexcept { return urls_; }

    // Starts accepting.
    void start();
    // Stops accepting and lets connections end after the request they serve.
    void drain();
    // Returns when no connection is left or the deadline has passed.
    awaitable<void> wait_idle(Deadline deadline);
    // Ends everything at once. Call it before the destructor.
    awaitable<void> stop();

    std::size_t connections() const noexcept { return connections_.size(); }

private:
    using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

    result<void> open_one(const ListenAddress& address);
    awaitable<void> accept_loop(Acceptor& acceptor);
    awaitable<void> serve(HttpSocket socket);
    awaitable<void> sweep();
    awaitable<void> pause_accepting(boost::system::error_code why);
    void refuse(HttpSocket socket);

    Executor executor_;
    const Limits& limits_;
    HttpHandler& handler_;
    RequestIds ids_;
    std::list<Acceptor> acceptors_;
    std::vector<std::string> urls_;
    std::vector<std::string> socket_files_;
    std::list<HttpConnection*> connections_;
    TaskGroup accepting_;
    TaskGroup serving_;
    bool draining_ = false;
};

}  // namespace agenthub

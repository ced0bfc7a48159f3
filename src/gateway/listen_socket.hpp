// One address to listen on: bound, listening, and cleared away at its end.
// Owned by HttpListener.

#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/service_manager.hpp"
#include "config/listen_address.hpp"

namespace agenthub {

// Removes a Unix socket's file when it goes. Movable; an empty path names no file.
class SocketFile {
public:
    explicit SocketFile(std::string path = {}) noexcept : path_(std::move(path)) {}
    SocketFile(SocketFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    SocketFile& operator=(SocketFile&&) = delete;
    ~SocketFile();

private:
    std::string path_;
};

struct ListenSocket {
    using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

    Acceptor acceptor;
    std::string url;  // with the port the system chose: "http://127.0.0.1:9090", "unix:/path"
    SocketFile file;
    bool adopted = false;  // the service manager has it too: who waits in its queue is served by the next daemon
};

// Binds and listens. A host name is looked up, which may take as long as the resolver does: this is for start-up.
// A Unix socket is for its owner alone; a file left by a daemon that is gone is replaced, a living daemon's socket and
// anything that is no socket are left alone. Errors: errc::io_error with the address and what to do.
result<ListenSocket> open_listen_socket(Executor executor, const ListenAddress& address);

// Takes over a socket that the service manager has bound and that listens already; a Unix socket's file stays with its
// maker. errc::invalid_config when it is no listening TCP or Unix stream socket, with what to correct.
result<ListenSocket> adopt_listen_socket(Executor executor, PassedSocket passed);

// From now on nobody new gets into the queue; whoever is in it can still be accepted. Without it a client that connects
// between the last accept and the close is reset, its request perhaps on its way. A TCP client's attempt is not refused
// but unheard, and comes again a second later, when the next daemon may be there. Only for a socket that is closed
// next.
void close_queue(ListenSocket::Acceptor& acceptor);

}  // namespace agenthub

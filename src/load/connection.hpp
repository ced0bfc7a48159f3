// One connection: non-blocking and edge-triggered, with what is to be sent and what has come.
// Owned by a session; driven by the generator's epoll.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "load/options.hpp"

namespace agenthub::load {

class Connection {
public:
    // Somebody listens at the address of `options`: connects, and hangs up again.
    static bool is_answered(const Options& options);

    // The data of its events in `epoll` will be `owner`.
    Connection(const Options& options, int epoll, void* owner) : options_(options), epoll_(epoll), owner_(owner) {}
    ~Connection() { close(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Connects anew. A failure shows when something is sent or received.
    void open();
    void close();
    bool is_open() const noexcept { return fd_ >= 0; }

    void send(std::string_view bytes);
    // Sends what is left, and takes what has come into `input`. False: it is broken, see fault().
    bool exchange() { return flush() && receive(); }
    bool peer_closed() const noexcept { return peer_closed_; }
    std::string fault() const;

    std::string input;
    std::string output;  // sent by send() and exchange()

private:
    bool flush();
    bool receive();
    bool is_passing(int error);

    const Options& options_;
    int epoll_;
    void* owner_;
    int fd_ = -1;
    int error_ = 0;  // the first: later ones only say that it is broken
    bool peer_closed_ = false;
    std::size_t sent_ = 0;
};

}  // namespace agenthub::load

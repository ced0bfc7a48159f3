// Hosts with several addresses.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

// A listener that takes no connection, nor refuses one: its queue is full. As a host behind a filter that swallows.
class DeafListener {
public:
    explicit DeafListener(std::uint16_t port) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        bound_ = ::bind(fds_[0], reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)) == 0 &&
                 ::listen(fds_[0], 0) == 0;
    }
    ~DeafListener() {
        for (const int fd : fds_)
            ::close(fd);
    }
    DeafListener(const DeafListener&) = delete;
    DeafListener& operator=(const DeafListener&) = delete;

    // False when this machine's queues do not fill.
    bool is_deaf() {
        for (int i = 0; bound_ && i < 16; ++i) {
            const int fd = fds_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_));
            pollfd state{fd, POLLOUT, 0};
            if (::poll(&state, 1, 200) == 0)
                return true;
        }
        return false;
    }

private:
    sockaddr_in address_{};
    std::vector<int> fds_;
    bool bound_ = false;
};

// On ::1 alone; without it, closed.
TcpAcceptor listen_on_v6(Executor executor) {
    TcpAcceptor acceptor(executor);
    const asio::ip::tcp::endpoint any(asio::ip::address_v6::loopback(), 0);
    boost::system::error_code ec;
    acceptor.open(any.protocol(), ec);
    if (!ec)
        acceptor.bind(any, ec);
    if (!ec)
        acceptor.listen(1, ec);
    boost::system::error_code ignored;
    if (ec)
        acceptor.close(ignored);
    return acceptor;
}

TEST(HttpConnect, an_address_that_swallows_what_is_sent_leaves_time_for_the_next) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        TcpAcceptor other = listen_on_v6(rig.executor);
        if (!other.is_open())
            co_return;  // a machine without IPv6
        const std::uint16_t port = other.local_endpoint().port();
        DeafListener deaf(port);
        if (!deaf.is_deaf())
            co_return;
        HttpClientOptions options;
        options.connect_timeout = 2s;
        rig.use("http://localhost:" + std::to_string(port), options);
        Asked& asked = rig.get();
        TcpSocket socket(rig.executor);
        co_await other.async_accept(socket, use_awaitable);
        PeerConnection peer(std::move(socket));
        co_await peer.request();
        co_await peer.send(answer("here"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
    });
}

}  // namespace
}  // namespace agenthub

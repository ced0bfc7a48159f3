// Clients in threads of their own connect and ask while the listener is told to end. None may be left in doubt.

#include <poll.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

constexpr int kRounds = 40;
constexpr int kClients = 3;

// Connects again and again, each time with one request, until nobody listens any more.
class Client {
public:
    explicit Client(std::uint16_t port) : port_(port), thread_([this] { run(); }) {}
    ~Client() { thread_.join(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    int answered = 0;  // read by the test when all have ended
    std::string doubt;
    std::atomic<bool> ended = false;

private:
    void run() {
        while (doubt.empty() && ask())
            ++answered;
        ended = true;
    }
    // False when it got no connection. That a connection is neither refused nor made is one way of getting none.
    bool ask() {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const asio::ip::tcp::endpoint to(asio::ip::address_v4::loopback(), port_);
        bool connected = ::connect(fd, to.data(), static_cast<socklen_t>(to.size())) == 0;
        if (!connected && errno == EINPROGRESS) {
            pollfd writable{fd, POLLOUT, 0};
            int error = 0;
            socklen_t size = sizeof error;
            connected = ::poll(&writable, 1, 60) == 1 && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
                        error == 0;
        }
        if (connected)
            exchange(fd);
        ::close(fd);
        return connected;
    }
    void exchange(int fd) {
        const std::string request = get("/x");
        std::string reply(1024, '\0');
        pollfd readable{fd, POLLIN, 0};
        // A daemon that has said its word and gone need not take the request.
        (void)!::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
        const bool came = ::poll(&readable, 1, 20'000) == 1;
        const ssize_t size = came ? ::recv(fd, reply.data(), reply.size(), 0) : -1;
        if (size < 0)
            doubt = came ? std::generic_category().message(errno) : "no answer";
        else if (!reply.starts_with("HTTP/1.1 200 ") && !reply.starts_with("HTTP/1.1 408 "))
            doubt = "'" + reply.substr(0, static_cast<std::size_t>(size)) + "'";
    }

    const std::uint16_t port_;
    std::thread thread_;  // last: it uses all of the above
};

awaitable<void> race(HttpRig& rig) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < kClients; ++i)
        clients.push_back(std::make_unique<Client>(rig.port));
    co_await rig.until([&] { return rig.handler.served >= 20; });
    rig.listener.drain();
    co_await rig.until([&] {
        return std::all_of(clients.begin(), clients.end(), [](const auto& client) { return client->ended.load(); });
    });
    for (const auto& client : clients)
        EXPECT_EQ(client->doubt, "") << "after " << client->answered << " answers";
}

TEST(HttpDrainRace, whoever_gets_a_connection_gets_an_answer) {
    for (int round = 0; round < kRounds && !HasFailure(); ++round)
        with_rig(&race);
}

}  // namespace
}  // namespace agenthub

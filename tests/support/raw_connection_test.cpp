// Responses are told apart on one connection, whatever their framing.

#include "tests/support/raw_connection.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>
#include <thread>

namespace agenthub::test {
namespace {

// Accepts one connection, waits for one byte, sends `bytes`, closes.
class OneAnswer {
public:
    explicit OneAnswer(std::string bytes) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        port = ntohs(address.sin_port);
        thread_ = std::thread([fd = listener_, text = std::move(bytes)] {
            const int peer = ::accept(fd, nullptr, nullptr);
            char byte = 0;
            if (::recv(peer, &byte, 1, 0) == 1)
                (void)::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
            ::close(peer);
        });
    }
    ~OneAnswer() {
        thread_.join();
        ::close(listener_);
    }
    int port = 0;

private:
    int listener_;
    std::thread thread_;
};

TEST(RawConnection, reads_each_kind_of_response_in_turn) {
    OneAnswer server(
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-A:  b\r\n\r\nhello"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
        "HTTP/1.1 204 No Content\r\n\r\n"
        "HTTP/1.1 400 Bad Request\r\n\r\nto the end");
    RawConnection connection(server.port);
    ASSERT_TRUE(connection.send("x"));
    EXPECT_EQ(connection.read_response()->status, 100);
    const auto sized = connection.read_response();
    ASSERT_TRUE(sized.has_value());
    EXPECT_EQ(sized->body, "hello");
    EXPECT_EQ(sized->header("x-a"), "b");
    EXPECT_EQ(sized->header("absent"), "");
    EXPECT_EQ(connection.read_response()->body, "abc0123456789");
    EXPECT_EQ(connection.read_response()->status, 204);
    const auto last = connection.read_response();
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->status, 400);
    EXPECT_EQ(last->body, "to the end");
    EXPECT_TRUE(connection.wait_closed());
    EXPECT_FALSE(connection.read_response().has_value());
}

TEST(RawConnection, a_response_cut_short_is_none) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello");
    EXPECT_FALSE(raw_exchange(server.port, "x").has_value());
}

TEST(RawConnection, refuses_a_port_without_listener) {
    int port = 0;
    {
        OneAnswer server("");
        port = server.port;
        RawConnection(port).send("x");
    }
    EXPECT_THROW(RawConnection{port}, std::system_error);
}

}  // namespace
}  // namespace agenthub::test

#include "gateway/listen_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

template <class Address>
UniqueFd bound(int type, const Address& address, std::size_t size) {
    UniqueFd fd(::socket(reinterpret_cast<const sockaddr&>(address).sa_family, type | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
    return fd;
}

UniqueFd bound_tcp(int type = SOCK_STREAM) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound(type, address, sizeof address);
}

UniqueFd bound_unix(std::string path, int type = SOCK_STREAM) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    return bound(type, address, offsetof(sockaddr_un, sun_path) + path.size());
}

UniqueFd listening(UniqueFd fd) {
    EXPECT_EQ(::listen(fd.get(), 5), 0);
    return fd;
}

struct AdoptedSocket : testing::Test {
    result<ListenSocket> adopt(UniqueFd fd) {
        PassedSocket passed{std::move(fd), "http"};
        return adopt_listen_socket(loop.get_executor(), std::move(passed));
    }
    void expect_refused(UniqueFd fd) {
        const int number = fd.get();
        const auto refused = adopt(std::move(fd));
        ASSERT_TRUE(refused.has_error());
        EXPECT_EQ(refused.error().code, errc::invalid_config);
        EXPECT_NE(refused.error().message.find("descriptor " + std::to_string(number) + " ('http')"), std::string::npos)
            << refused.error().message;
        EXPECT_EQ(::fcntl(number, F_GETFD), -1) << "it is closed";
    }
    asio::io_context loop;
    test::TempDir dir;
};

TEST_F(AdoptedSocket, of_tcp_tells_its_port) {
    auto fd = listening(bound_tcp());
    const int number = fd.get();
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(number, reinterpret_cast<sockaddr*>(&address), &size);
    const auto adopted = adopt(std::move(fd));
    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->url, "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
    EXPECT_EQ(::fcntl(number, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST_F(AdoptedSocket, of_a_path_leaves_the_file_to_its_maker) {
    const std::string path = dir.file("passed.sock");
    {
        const auto adopted = adopt(listening(bound_unix(path)));
        ASSERT_TRUE(adopted.has_value());
        EXPECT_EQ(adopted->url, "unix:" + path);
    }
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(AdoptedSocket, may_be_abstract) {
    const std::string name = "@agenthub_passed_" + std::to_string(::getpid());
    const auto adopted = adopt(listening(bound_unix(name)));
    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->url, "unix:" + name);
}

TEST_F(AdoptedSocket, must_be_a_listening_stream_socket) {
    expect_refused(bound_tcp());
    expect_refused(bound_tcp(SOCK_DGRAM));
    expect_refused(bound_unix(dir.file("not-listening.sock")));
    expect_refused(listening(bound_unix(dir.file("packets.sock"), SOCK_SEQPACKET)));
    expect_refused(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)));
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd other(ends[1]);
    expect_refused(UniqueFd(ends[0]));
}

// Who is in the queue is served, who comes later is not: over a Unix socket refused, over TCP unheard.
struct ClosedQueue : AdoptedSocket {
    void expect_closed(const ListenAddress& address, int later) {
        auto opened = open_listen_socket(loop.get_executor(), address);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        auto& acceptor = opened->acceptor;
        const auto to = acceptor.local_endpoint();
        const auto connect = [&](const UniqueFd& fd) {
            return ::connect(fd.get(), to.data(), static_cast<socklen_t>(to.size())) == 0 ? 0 : errno;
        };
        const auto socket_of = [&](int flags) { return UniqueFd(::socket(to.data()->sa_family, flags, 0)); };
        const auto early = socket_of(SOCK_STREAM | SOCK_CLOEXEC);
        ASSERT_EQ(connect(early), 0);
        close_queue(acceptor);
        const auto late = socket_of(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
        EXPECT_EQ(connect(late), later);
        boost::system::error_code ec;
        acceptor.non_blocking(true, ec);
        asio::basic_stream_socket<asio::generic::stream_protocol, Executor> peer(loop.get_executor());
        acceptor.accept(peer, ec);
        ASSERT_FALSE(ec) << ec.message();
        EXPECT_EQ(::send(early.get(), "x", 1, MSG_NOSIGNAL), 1);
        char byte = 0;
        EXPECT_EQ(::recv(peer.native_handle(), &byte, 1, 0), 1) << "what it says is heard";
        acceptor.accept(peer, ec);
        EXPECT_TRUE(ec);
    }
};

TEST_F(ClosedQueue, of_tcp_hears_no_newcomer) {
    ListenAddress address;
    address.port = 0;
    expect_closed(address, EINPROGRESS);
}

TEST_F(ClosedQueue, of_a_path_refuses_newcomers) {
    ListenAddress address;
    address.kind = ListenAddress::Kind::unix_socket;
    address.path = dir.file("queue.sock");
    expect_closed(address, ECONNREFUSED);
}

}  // namespace
}  // namespace agenthub

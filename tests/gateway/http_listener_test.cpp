#include "gateway/http_listener.hpp"

#include <sys/stat.h>
#include <boost/asio/local/stream_protocol.hpp>

#include <fstream>

#include "tests/activity/activity_support.hpp"
#include "tests/gateway/http_rig.hpp"

namespace agenthub {
namespace {

ListenAddress tcp(std::string host, std::uint16_t port = 0) {
    ListenAddress address;
    address.host = std::move(host);
    address.port = port;
    return address;
}

ListenAddress unix_socket(const std::string& path) {
    ListenAddress address;
    address.kind = ListenAddress::Kind::unix_socket;
    address.path = path;
    return address;
}

struct HttpListenerTest : testing::Test {
    std::unique_ptr<HttpListener> make() {
        return std::make_unique<HttpListener>(loop.get_executor(), limits, handler);
    }
    std::string path() const { return (dir.path() / "hub.sock").string(); }

    asio::io_context loop;
    Limits limits;
    FakeHandler handler{loop.get_executor()};
    test::TempDir dir;
};

TEST_F(HttpListenerTest, tells_where_it_listens) {
    const auto listener = make();
    ASSERT_TRUE(listener->open({tcp("127.0.0.1"), tcp("localhost"), unix_socket(path())}).has_value());
    ASSERT_EQ(listener->urls().size(), 3u);
    EXPECT_TRUE(listener->urls()[0].starts_with("http://127.0.0.1:"));
    EXPECT_FALSE(listener->urls()[0].ends_with(":0"));
    EXPECT_TRUE(listener->urls()[1].starts_with("http://127.0.0.1:"));
    EXPECT_EQ(listener->urls()[2], "unix:" + path());
}

TEST_F(HttpListenerTest, says_that_the_address_is_taken_and_what_to_do) {
    const auto first = make();
    ASSERT_TRUE(first->open({tcp("127.0.0.1")}).has_value());
    const auto& url = first->urls()[0];
    const auto port = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    const auto refused = make()->open({tcp("127.0.0.1", port)});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::io_error);
    EXPECT_NE(refused.error().message.find("--listen"), std::string::npos) << refused.error().message;
}

TEST_F(HttpListenerTest, says_that_a_host_is_unknown) {
    const auto refused = make()->open({tcp("hub.invalid")});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("'hub.invalid'"), std::string::npos);
}

TEST_F(HttpListenerTest, keeps_a_unix_socket_to_its_owner_and_takes_it_away) {
    auto listener = make();
    ASSERT_TRUE(listener->open({unix_socket(path())}).has_value());
    struct stat info{};
    ASSERT_EQ(::stat(path().c_str(), &info), 0);
    EXPECT_TRUE(S_ISSOCK(info.st_mode));
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    listener.reset();
    EXPECT_NE(::stat(path().c_str(), &info), 0);
}

TEST_F(HttpListenerTest, replaces_the_socket_of_a_daemon_that_is_gone) {
    {
        asio::local::stream_protocol::acceptor dead(loop, path());
    }
    struct stat info{};
    ASSERT_EQ(::stat(path().c_str(), &info), 0) << "a socket nobody listens on";
    EXPECT_TRUE(make()->open({unix_socket(path())}).has_value());
}

TEST_F(HttpListenerTest, leaves_the_socket_of_a_living_daemon_alone) {
    const auto first = make();
    ASSERT_TRUE(first->open({unix_socket(path())}).has_value());
    {
        const auto refused = make()->open({unix_socket(path())});
        ASSERT_FALSE(refused.has_value());
        EXPECT_NE(refused.error().message.find(path()), std::string::npos);
        EXPECT_NE(refused.error().message.find("--listen"), std::string::npos) << refused.error().message;
    }
    asio::local::stream_protocol::socket client(loop);
    EXPECT_NO_THROW(client.connect(path())) << "the first one is still there";
}

TEST_F(HttpListenerTest, never_replaces_a_file_that_is_no_socket) {
    std::ofstream(path()) << "precious";
    const auto refused = make()->open({unix_socket(path())});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find(path()), std::string::npos);
    std::ifstream file(path());
    std::string content;
    file >> content;
    EXPECT_EQ(content, "precious");
}

TEST_F(HttpListenerTest, takes_a_path_as_long_as_a_socket_may_have_and_refuses_one_over) {
    const std::string stem = dir.path().string() + "/";
    const std::string longest = stem + std::string(kMaxSocketPath - stem.size(), 's');
    EXPECT_TRUE(make()->open({unix_socket(longest)}).has_value());
    EXPECT_FALSE(make()->open({unix_socket(longest + "s")}).has_value());
}

TEST_F(HttpListenerTest, gives_its_sockets_to_no_child_process) {
    const auto listener = make();
    ASSERT_TRUE(listener->open({tcp("127.0.0.1"), unix_socket(path())}).has_value());
    int listening = 0;
    for (int fd = 3; fd < 256; ++fd) {
        int accepting = 0;
        socklen_t size = sizeof accepting;
        if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) != 0 || accepting == 0)
            continue;
        ++listening;
        EXPECT_EQ(::fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC) << fd;
    }
    EXPECT_EQ(listening, 2);
}

TEST(HttpListener, tells_a_unix_client_from_a_tcp_one) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        RawClient client(rig);
        co_await client.ask(get("/x"));
        EXPECT_FALSE(rig.handler.over_unix);
        EXPECT_EQ(rig.handler.peer_ip, "127.0.0.1");
        const test::TempDir dir;
        const std::string path = (dir.path() / "s").string();
        HttpListener listener(rig.executor, rig.limits, rig.handler);
        std::vector<ListenAddress> addresses{unix_socket(path)};
        listener.open(addresses).value();
        listener.start();
        HttpSocket socket(rig.executor);
        socket.connect(asio::local::stream_protocol::endpoint(path));
        const std::string request = get("/x");
        socket.send(asio::buffer(request));
        co_await rig.until([&] { return rig.handler.served == 2; });
        EXPECT_TRUE(rig.handler.over_unix);
        EXPECT_EQ(rig.handler.peer_ip, "unix");
        co_await listener.stop();
    });
}

// Its address cannot be asked for any more; that makes it no Unix client, whose Host would not be checked.
TEST(HttpListener, takes_a_client_that_was_reset_away_for_no_unix_client) {
    with_rig([](HttpRig& rig) -> awaitable<void> {
        {
            RawClient client(rig);
            const std::string request = get("/x");
            client.socket().send(asio::buffer(request));
            client.socket().set_option(asio::socket_base::linger(true, 0));
        }
        rig.handler.over_unix = false;
        RawClient next(rig);
        co_await next.send(get("/wait"));
        co_await rig.until([&] { return rig.handler.active == 1; });
        EXPECT_FALSE(rig.handler.over_unix);
        rig.handler.go.notify();
        co_await next.reply();
    });
}

}  // namespace
}  // namespace agenthub

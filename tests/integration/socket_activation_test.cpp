// Under a service manager: sockets that it has made and passes to the daemon.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/service_manager.hpp"

namespace agenthub::test {
namespace {

// Starts the daemon as systemd does with a .socket unit. Between fork and exec nobody else can write the child's own
// pid.
struct Activated {
    explicit Activated(std::vector<int> sockets, std::string names = {}) {
        const std::string script = dir.file("activated");
        write_file(script, "#!/bin/sh\nexport LISTEN_PID=$$\nexec " AGENTHUB_BINARY " \"$@\"\n");
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        options.binary = script;
        options.config = hostile_config();
        options.env["LISTEN_FDS"] = std::to_string(sockets.size());
        options.env["LISTEN_FDNAMES"] = std::move(names);
        options.passed_fds = std::move(sockets);
    }
    TempDir dir;
    DaemonOptions options;
};

TEST(SocketActivation, passed_sockets_are_used_instead_of_the_configured_ones) {
    TempDir dir;
    int port = 0;
    const UniqueFd tcp = listening_tcp(port);
    const UniqueFd local = bound_unix(dir.file("hub.sock"), SOCK_STREAM);
    ASSERT_EQ(::listen(local.get(), 16), 0);
    Activated activated({tcp.get(), local.get()}, "http:local");
    Daemon daemon(std::move(activated.options));
    EXPECT_EQ(daemon.port(), port);
    EXPECT_NE(daemon.stderr_text().find("listening on unix:" + dir.file("hub.sock")), std::string::npos);
    httplib::Client over_unix(dir.file("hub.sock"));
    over_unix.set_address_family(AF_UNIX);
    const auto alive = over_unix.Get("/livez");
    ASSERT_TRUE(alive);
    EXPECT_EQ(alive->status, 200);
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(nlohmann::json::parse(client.call("fds").text()).size(), 3U) << "servers inherit none of them";
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(dir.file("hub.sock"))) << "it is the service manager's";
}

TEST(SocketActivation, a_client_that_came_before_the_daemon_is_served) {
    int port = 0;
    const UniqueFd tcp = listening_tcp(port);
    auto early = std::async(std::launch::async, [port] {
        httplib::Client http("127.0.0.1", port);
        http.set_read_timeout(30);
        const auto reply = http.Get("/livez");
        return reply ? reply->status : 0;
    });
    Activated activated({tcp.get()});
    const Daemon daemon(std::move(activated.options));
    EXPECT_EQ(early.get(), 200);
}

void expect_refused(int fd) {
    Activated activated({fd}, "odd");
    activated.options.wait_ready = false;
    Daemon daemon(std::move(activated.options));
    EXPECT_EQ(daemon.wait_exit(), 1);
    EXPECT_NE(daemon.stderr_text().find("descriptor 3 ('odd'), which is no listening TCP or Unix stream socket"),
              std::string::npos)
        << daemon.stderr_text();
    EXPECT_NE(daemon.stderr_text().find("ListenStream="), std::string::npos) << "what to do";
}

TEST(SocketActivation, what_is_no_listening_stream_socket_refuses_to_start) {
    TempDir dir;
    const UniqueFd datagrams = bound_unix(dir.file("datagrams"), SOCK_DGRAM);
    expect_refused(datagrams.get());
    const UniqueFd deaf = bound_unix(dir.file("deaf"), SOCK_STREAM);
    expect_refused(deaf.get());
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const UniqueFd high(::fcntl(null.get(), F_DUPFD_CLOEXEC, 100));
    expect_refused(high.get());
}

}  // namespace
}  // namespace agenthub::test

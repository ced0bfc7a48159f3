#include "base/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fcntl.h>
#include <map>

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string, std::less<>>;

VariableLookup lookup(Variables variables) {
    return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

TEST(ServiceSettings, without_a_service_manager_there_is_nothing) {
    const auto settings = read_service_settings(lookup({}), 7);
    EXPECT_EQ(settings.notify_socket, "");
    EXPECT_EQ(settings.watchdog, 0us);
}

TEST(ServiceSettings, the_watchdog_is_for_the_process_it_names) {
    const auto watchdog = [](Variables more) {
        more["NOTIFY_SOCKET"] = "/run/notify";
        return read_service_settings(lookup(std::move(more)), 7).watchdog;
    };
    EXPECT_EQ(watchdog({{"WATCHDOG_USEC", "30000000"}}), 30s);
    EXPECT_EQ(watchdog({{"WATCHDOG_USEC", "1"}, {"WATCHDOG_PID", "7"}}), 1us);
    EXPECT_EQ(watchdog({{"WATCHDOG_USEC", "1"}, {"WATCHDOG_PID", "8"}}), 0us);
    EXPECT_EQ(watchdog({{"WATCHDOG_USEC", "1"}, {"WATCHDOG_PID", "7x"}}), 0us);
    for (const char* wrong : {"", "0", "-1", "1s", " 1", "99999999999999999999", "9223372036854775807"})
        EXPECT_EQ(watchdog({{"WATCHDOG_USEC", wrong}}), 0us) << wrong;
    EXPECT_EQ(read_service_settings(lookup({{"WATCHDOG_USEC", "1"}}), 7).watchdog, 0us) << "nobody would hear it";
}

TEST(ServiceSettings, an_address_is_a_path_or_abstract_and_not_too_long) {
    const auto address = [](const std::string& text) {
        return read_service_settings(lookup({{"NOTIFY_SOCKET", text}}), 7).notify_socket;
    };
    const std::string longest = "/" + std::string(106, 'x');
    for (const auto& good : {std::string("/run/systemd/notify"), std::string("@abstract"), longest})
        EXPECT_EQ(address(good), good);
    for (const auto& bad : {std::string(), std::string("/"), std::string("@"), std::string("relative"),
                            std::string("vsock:2:1"), longest + "x"})
        EXPECT_EQ(address(bad), "") << bad;
}

struct PassedSockets : testing::Test {
    // Two descriptors side by side, far from any other.
    PassedSockets() {
        const UniqueFd null(::open("/dev/null", O_RDONLY));
        EXPECT_EQ(::dup2(null.get(), kFirst), kFirst);
        EXPECT_EQ(::dup2(null.get(), kFirst + 1), kFirst + 1);
    }
    ~PassedSockets() override {
        ::close(kFirst);
        ::close(kFirst + 1);
    }
    static constexpr int kFirst = 200;

    static result<std::vector<PassedSocket>> take(Variables variables) {
        return take_passed_sockets(lookup(std::move(variables)), 7, kFirst);
    }
};

TEST_F(PassedSockets, are_taken_with_their_names_and_closed_on_exec) {
    auto taken = take({{"LISTEN_PID", "7"}, {"LISTEN_FDS", "2"}, {"LISTEN_FDNAMES", "http:local"}});
    ASSERT_TRUE(taken.has_value());
    ASSERT_EQ(taken->size(), 2U);
    EXPECT_EQ((*taken)[0].name, "http");
    EXPECT_EQ((*taken)[1].name, "local");
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ((*taken)[static_cast<std::size_t>(i)].fd.get(), kFirst + i);
        EXPECT_EQ(::fcntl(kFirst + i, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    }
    taken->clear();
    EXPECT_EQ(::fcntl(kFirst, F_GETFD), -1) << "their owner closes them";
}

TEST_F(PassedSockets, without_a_name_are_unknown) {
    const auto taken = take({{"LISTEN_PID", "7"}, {"LISTEN_FDS", "2"}, {"LISTEN_FDNAMES", ":"}});
    ASSERT_EQ(taken->size(), 2U);
    EXPECT_EQ((*taken)[0].name, "unknown");
    EXPECT_EQ((*taken)[1].name, "unknown");
    EXPECT_EQ((*take({{"LISTEN_PID", "7"}, {"LISTEN_FDS", "1"}}))[0].name, "unknown");
}

TEST_F(PassedSockets, of_another_process_are_left_alone) {
    EXPECT_TRUE(take({})->empty());
    EXPECT_TRUE(take({{"LISTEN_FDS", "2"}})->empty());
    EXPECT_TRUE(take({{"LISTEN_PID", "8"}, {"LISTEN_FDS", "2"}})->empty());
    EXPECT_TRUE(take({{"LISTEN_PID", "7"}})->empty());
    EXPECT_TRUE(take({{"LISTEN_PID", "7"}, {"LISTEN_FDS", "0"}})->empty());
    EXPECT_EQ(::fcntl(kFirst, F_GETFD), 0);
}

TEST_F(PassedSockets, that_are_not_there_are_an_error) {
    for (const char* wrong : {"3", "-1", "two", "", "1025"}) {
        for (int fd = kFirst; fd < kFirst + 2; ++fd)
            ::dup2(STDERR_FILENO, fd);  // the last attempt has closed them
        const auto taken = take({{"LISTEN_PID", "7"}, {"LISTEN_FDS", wrong}});
        ASSERT_TRUE(taken.has_error()) << wrong;
        EXPECT_EQ(taken.error().code, errc::invalid_config);
        EXPECT_NE(taken.error().message.find("LISTEN_FDS"), std::string::npos) << taken.error().message;
    }
}

struct Report : testing::Test {
    // What goes out, as if each datagram arrived.
    std::string tell(Clock::duration at, std::string_view status) {
        std::string datagram = report.next(start + at, status);
        report.sent(start + at, status);
        return datagram;
    }
    TimePoint start = Clock::now();
    ServiceReport report{10s, start};
};

TEST_F(Report, is_ready_once_and_then_tells_changes_only) {
    EXPECT_EQ(tell(0s, "a"), "READY=1\nSTATUS=a");
    EXPECT_EQ(tell(1s, "a"), "");
    EXPECT_EQ(tell(2s, "b"), "STATUS=b");
    EXPECT_EQ(tell(3s, "b"), "");
}

TEST_F(Report, feeds_the_watchdog_at_half_of_its_time) {
    tell(0s, "a");
    EXPECT_EQ(report.watchdog_due(), start + 5s);
    EXPECT_EQ(tell(5s - 1ns, "a"), "");
    EXPECT_EQ(tell(5s, "a"), "WATCHDOG=1");
    EXPECT_EQ(tell(10s - 1ns, "a"), "");
    EXPECT_EQ(tell(10s, "b"), "STATUS=b\nWATCHDOG=1");
}

TEST_F(Report, without_a_watchdog_none_is_fed) {
    ServiceReport quiet(0us, start);
    EXPECT_EQ(quiet.watchdog_due(), TimePoint::max());
    quiet.sent(start, "a");
    EXPECT_EQ(quiet.next(start + 24h, "a"), "");
}

TEST_F(Report, says_again_what_did_not_arrive) {
    EXPECT_EQ(report.next(start, "a"), "READY=1\nSTATUS=a");
    EXPECT_EQ(report.next(start + 6s, "b"), "READY=1\nSTATUS=b\nWATCHDOG=1");
    EXPECT_EQ(tell(6s, "b"), "READY=1\nSTATUS=b\nWATCHDOG=1");
    EXPECT_EQ(tell(7s, "b"), "");
}

TEST_F(Report, stops_once_and_is_fed_on) {
    tell(0s, "a");
    report.stop();
    EXPECT_EQ(tell(1s, "stopping"), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(tell(2s, "stopping"), "");
    EXPECT_EQ(tell(5s, "stopping"), "WATCHDOG=1");
}

TEST_F(Report, that_was_never_ready_is_not_when_it_stops) {
    report.stop();
    EXPECT_EQ(tell(0s, ""), "STOPPING=1");
    EXPECT_EQ(tell(1s, ""), "");
}

// A service manager's end of the datagrams.
struct Receiver {
    explicit Receiver(std::string address) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
        if (address[0] == '@')
            address[0] = '\0';
        std::copy(address.begin(), address.end(), at.sun_path);
        EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&at), size), 0) << address;
    }
    std::string receive() const {
        char buffer[4096];
        const auto size = ::recv(socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
        return size < 0 ? "nothing" : std::string(buffer, static_cast<std::size_t>(size));
    }
    UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST(NotifySocket, reaches_a_path_and_an_abstract_address) {
    const std::string id = std::to_string(::getpid());
    const std::string path = testing::TempDir() + "agenthub_notify_" + id;
    ::unlink(path.c_str());
    for (const auto& address : {path, "@agenthub_notify_" + id}) {
        const Receiver receiver(address);
        EXPECT_TRUE(NotifySocket(address).send("READY=1\nSTATUS=x").has_value()) << address;
        EXPECT_EQ(receiver.receive(), "READY=1\nSTATUS=x");
        EXPECT_EQ(receiver.receive(), "nothing");
    }
    ::unlink(path.c_str());
}

TEST(NotifySocket, without_an_address_says_nothing_and_is_content) {
    EXPECT_TRUE(NotifySocket("").send("READY=1").has_value());
}

TEST(NotifySocket, a_receiver_that_is_gone_is_an_error_that_names_it) {
    const auto sent = NotifySocket("/nonexistent/notify").send("READY=1");
    ASSERT_TRUE(sent.has_error());
    EXPECT_EQ(sent.error().code, errc::io_error);
    EXPECT_NE(sent.error().message.find("/nonexistent/notify"), std::string::npos);
}

TEST(NotifySocket, a_receiver_that_does_not_read_never_blocks_it) {
    const std::string address = "@agenthub_notify_full_" + std::to_string(::getpid());
    const Receiver receiver(address);
    const NotifySocket socket(address);
    result<void> sent;
    for (int i = 0; i < 100'000 && sent; ++i)
        sent = socket.send("WATCHDOG=1");
    ASSERT_TRUE(sent.has_error());
    EXPECT_EQ(sent.error().code, errc::busy);
    EXPECT_EQ(receiver.receive(), "WATCHDOG=1");
    EXPECT_TRUE(socket.send("WATCHDOG=1").has_value()) << "there is room again";
}

}  // namespace
}  // namespace agenthub

#include "cli/daemon_client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "tests/cli/fake_daemon.hpp"

namespace agenthub {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLimit{60000};

DaemonUrl url_of(std::string_view text) {
    return parse_daemon_url(text).value();
}

DaemonRequest get(std::string path) {
    DaemonRequest request;
    request.path = std::move(path);
    return request;
}

std::string failure_of(std::string_view url) {
    DaemonClient client(url_of(url));
    const auto reply = client.send(get("/health"), kLimit);
    EXPECT_TRUE(reply.has_error());
    EXPECT_FALSE(client.reached());
    return reply.has_error() ? reply.error().message : "it answered";
}

TEST(DaemonClient, reads_status_media_type_session_and_body) {
    FakeDaemon daemon;
    daemon.get("/x", [](const httplib::Request&, httplib::Response& response) {
        response.status = 418;
        response.set_header("Mcp-Session-Id", "abc");
        response.set_content("{}", "Application/JSON; charset=utf-8");
    });
    DaemonClient client(url_of(daemon.url()));
    const auto reply = client.send(get("/x"), kLimit).value();
    EXPECT_EQ(reply.status, 418);
    EXPECT_FALSE(reply.ok());
    EXPECT_EQ(reply.media_type, "application/json");
    EXPECT_EQ(reply.session_id, "abc");
    EXPECT_EQ(reply.body, "{}");
    EXPECT_TRUE(client.reached());
}

TEST(DaemonClient, says_who_it_is_and_whom_it_wants) {
    FakeDaemon daemon;
    daemon.get_json("/hub/x%2Fy", "{}");
    DaemonClient client(url_of(daemon.url() + "/hub/"));
    EXPECT_EQ(client.send(get("/x%2Fy"), kLimit).value().status, 404) << "the fake decodes the path";
    const auto request = daemon.request(0);
    EXPECT_EQ(request.target, "/hub/x%2Fy");
    EXPECT_EQ("http://" + request.get_header_value("Host"), daemon.url());
    EXPECT_EQ(request.get_header_value("X-Client-Name"), "agenthub-cli");
    EXPECT_TRUE(request.get_header_value("User-Agent").starts_with("agenthub-cli/"));
}

TEST(DaemonClient, a_reply_without_a_body_keeps_its_status) {
    FakeDaemon daemon;
    daemon.get("/x", [](const httplib::Request&, httplib::Response& response) { response.status = 204; });
    DaemonClient client(url_of(daemon.url()));
    EXPECT_EQ(client.send(get("/x"), kLimit).value().status, 204);
}

TEST(DaemonClient, reaches_a_unix_socket) {
    const std::string path = ::testing::TempDir() + "agenthub_cli_" + std::to_string(::getpid()) + ".sock";
    std::filesystem::remove(path);
    {
        FakeDaemon daemon(path);
        daemon.get_json("/health", "{\"a\":1}");
        DaemonClient client(url_of("unix:" + path));
        EXPECT_EQ(client.send(get("/health"), kLimit).value().body, "{\"a\":1}");
        EXPECT_EQ(daemon.request(0).get_header_value("Host"), "localhost");
    }
    EXPECT_NE(failure_of("unix:" + path).find("Connection refused"), std::string::npos) << "nobody listens any more";
    std::filesystem::remove(path);
    EXPECT_NE(failure_of("unix:" + path).find("No such file or directory"), std::string::npos);
}

TEST(DaemonClient, who_is_not_there_is_told_apart_and_how_to_start_it) {
    std::string url;
    {
        const FakeDaemon daemon;
        url = daemon.url();
    }
    EXPECT_EQ(failure_of(url),
              "cannot reach AgentHub at " + url +
                  ": nobody accepts connections there. Start it with `agenthub serve` or name another address with "
                  "--url or AGENTHUB_URL");
    EXPECT_NE(failure_of("http://no-such-host.invalid:1").find("the host may be wrong"), std::string::npos);
}

TEST(DaemonClient, events_go_to_the_receiver_one_by_one) {
    FakeDaemon daemon;
    daemon.get("/events", answer_events({"one", "two", "three"}));
    DaemonClient client(url_of(daemon.url()));
    std::vector<std::string> events;
    const auto reply = client.send(get("/events"), kLimit, [&](std::string_view data) {
        events.emplace_back(data);
        return true;
    });
    EXPECT_EQ(events, (std::vector<std::string>{"one", "two", "three"}));
    EXPECT_EQ(reply.value().media_type, "text/event-stream");
    EXPECT_EQ(reply.value().body, "");
}

TEST(DaemonClient, does_not_wait_for_the_end_of_a_stream_it_has_read_enough_of) {
    FakeDaemon daemon;
    daemon.get("/events", [&](const httplib::Request&, httplib::Response& response) {
        response.set_chunked_content_provider("text/event-stream", [&](std::size_t, httplib::DataSink& sink) {
            sink.write("data: enough\n\n", 14);
            daemon.hold();
            return false;
        });
    });
    DaemonClient client(url_of(daemon.url()));
    EXPECT_TRUE(client.send(get("/events"), kLimit, [](std::string_view) { return false; }).has_value());
}

TEST(DaemonClient, an_event_stream_without_receiver_or_with_an_error_status_is_a_body) {
    FakeDaemon daemon;
    daemon.get("/events", answer_events({"one"}));
    daemon.get("/refused", [](const httplib::Request&, httplib::Response& response) {
        response.status = 503;
        response.set_content("data: one\n\n", "text/event-stream");
    });
    DaemonClient client(url_of(daemon.url()));
    EXPECT_NE(client.send(get("/events"), kLimit).value().body.find("data: one"), std::string::npos);
    const auto unexpected = [](std::string_view) {
        ADD_FAILURE() << "no event was to be reported";
        return true;
    };
    EXPECT_EQ(client.send(get("/refused"), kLimit, unexpected).value().body, "data: one\n\n");
}

TEST(DaemonClient, a_body_may_be_as_long_as_the_limit_and_no_longer) {
    FakeDaemon daemon;
    daemon.get("/at", [](const auto&, auto& response) { response.set_content(std::string(1000, 'x'), "text/plain"); });
    daemon.get("/over",
               [](const auto&, auto& response) { response.set_content(std::string(1001, 'x'), "text/plain"); });
    daemon.get("/event", answer_events({std::string(1001, 'x')}));
    DaemonClient client(url_of(daemon.url()), 1000);
    EXPECT_EQ(client.send(get("/at"), kLimit).value().body.size(), 1000U);
    const auto over = client.send(get("/over"), kLimit);
    ASSERT_TRUE(over.has_error());
    EXPECT_EQ(over.error().code, errc::too_large);
    const auto event = client.send(get("/event"), kLimit, [](std::string_view) { return true; });
    ASSERT_TRUE(event.has_error());
    EXPECT_EQ(event.error().code, errc::too_large);
}

TEST(DaemonClient, an_answer_that_is_cut_off_is_a_failure_of_one_who_was_reached) {
    FakeDaemon daemon;
    daemon.get("/half", answer_half("{\"a\":", "application/json"));
    DaemonClient client(url_of(daemon.url()));
    const auto reply = client.send(get("/half"), kLimit);
    ASSERT_TRUE(reply.has_error());
    EXPECT_EQ(reply.error().code, errc::io_error);
    EXPECT_NE(reply.error().message.find("ended before the answer was complete"), std::string::npos);
    EXPECT_TRUE(client.reached());
}

TEST(DaemonClient, silence_ends_at_the_limit) {
    FakeDaemon daemon;
    daemon.get("/silent", [&](const httplib::Request&, httplib::Response&) { daemon.hold(); });
    DaemonClient client(url_of(daemon.url()));
    const auto reply = client.send(get("/silent"), milliseconds(50));
    ASSERT_TRUE(reply.has_error());
    EXPECT_EQ(reply.error().code, errc::timeout);
}

TEST(DaemonClient, another_thread_can_break_a_request_off) {
    FakeDaemon daemon;
    daemon.get("/silent", [&](const httplib::Request&, httplib::Response&) { daemon.hold(); });
    DaemonClient client(url_of(daemon.url()));
    auto reply = std::async(std::launch::async, [&] { return client.send(get("/silent"), kLimit); });
    daemon.entered();
    client.stop();
    EXPECT_TRUE(reply.get().has_error());
}

}  // namespace
}  // namespace agenthub

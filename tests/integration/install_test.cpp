// Servers that are installed and removed over HTTP: the file, the running daemon, and a sudden end in between.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

struct Answer {
    int status = 0;
    json body;
};

Answer answer_of(const httplib::Result& reply) {
    return reply ? Answer{reply->status, json::parse(reply->body, nullptr, false)} : Answer{};
}

Answer install(int port, const json& body) {
    httplib::Client http("127.0.0.1", port);
    return answer_of(http.Post("/servers/install", body.dump(), "application/json"));
}

Answer request(const Daemon& daemon, const std::string& method, const std::string& path) {
    httplib::Client http("127.0.0.1", daemon.port());
    if (method == "DELETE")
        return answer_of(http.Delete(path));
    return answer_of(method == "POST" ? http.Post(path) : http.Get(path));
}

json file_of(const Daemon& daemon) {
    return json::parse(read_file(daemon.config_file()), nullptr, false);
}

TEST(Install, a_package_is_in_the_list_and_in_the_file) {
    Daemon daemon(hostile_config());
    const json body = {{"package", "@x/foo-mcp"}, {"description", "an example"}};
    const Answer first = install(daemon.port(), body);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.body,
              json::parse(R"({"message": "Server foo installed", "name": "foo", "package": "@x/foo-mcp"})"));
    EXPECT_EQ(install(daemon.port(), body).status, 400);
    EXPECT_EQ(install(daemon.port(), {{"package", "p"}, {"name", "hub"}}).status, 422);
    EXPECT_EQ(install(daemon.port(), {{"name", "p"}}).status, 422);
    const Answer comment = install(daemon.port(), {{"package", "p"}, {"name", "_p"}});
    EXPECT_EQ(comment.status, 422);
    EXPECT_NE(comment.body["detail"][0]["msg"].get<std::string>().find("comment"), std::string::npos);
    EXPECT_EQ(install(daemon.port(), {{"package", "_foo"}}).status, 422);
    EXPECT_EQ(install(daemon.port(), {{"package", "someone/somewhere"}}).status, 422) << "npm asks GitHub for it";
    const Answer shown = request(daemon, "GET", "/servers/foo");
    EXPECT_EQ(shown.body["config"]["command"], "npx");
    EXPECT_EQ(shown.body["config"]["package"], "@x/foo-mcp");
    EXPECT_EQ(file_of(daemon)["mcpServers"]["foo"]["args"], json::array({"-y", "@x/foo-mcp"}));
    EXPECT_EQ(file_of(daemon)["mcpServers"].size(), 2U);
}

TEST(Install, a_server_is_removed_when_it_is_stopped) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(request(daemon, "DELETE", "/servers/hostile").status, 400);
    EXPECT_EQ(client.call("echo", {{"text", "alive"}}).text(), "alive");
    EXPECT_EQ(request(daemon, "POST", "/servers/hostile/stop").status, 200);
    const Answer removed = request(daemon, "DELETE", "/servers/hostile");
    EXPECT_EQ(removed.status, 200);
    EXPECT_EQ(removed.body, json::parse(R"({"message": "Server hostile removed"})"));
    EXPECT_EQ(request(daemon, "DELETE", "/servers/hostile").status, 404);
    EXPECT_EQ(request(daemon, "DELETE", "/servers/hub").status, 404);
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).status, 404);
    EXPECT_EQ(file_of(daemon)["mcpServers"], json::object());
}

TEST(Install, everything_else_in_the_file_stays_as_it_is_comments_included) {
    DaemonOptions options;
    const std::string text =
        "// written by hand\n{\n  \"mcpServers\": {\n    // none yet\n  },\n  \"watch\": false  // no\n}\n";
    options.config_text = text;
    Daemon daemon(std::move(options));
    EXPECT_EQ(install(daemon.port(), {{"package", "foo"}}).status, 200);
    const std::string one = read_file(daemon.config_file());
    EXPECT_EQ(install(daemon.port(), {{"package", "bar"}}).status, 200);
    const std::string two = read_file(daemon.config_file());
    for (const char* comment : {"// written by hand\n", "// none yet\n", "\"watch\": false  // no\n"})
        EXPECT_NE(two.find(comment), std::string::npos) << two;
    EXPECT_EQ(request(daemon, "DELETE", "/servers/bar").status, 200);
    EXPECT_EQ(read_file(daemon.config_file()), one);
    EXPECT_FALSE(std::filesystem::exists(daemon.config_file() + ".bak"));
}

TEST(Install, nothing_is_written_over_a_file_that_is_refused) {
    Daemon daemon(hostile_config());
    const std::string text = R"({"mcpServers": {}, "limits": {"sessions": "many"}})";
    write_file(daemon.config_file(), text);
    const Answer answer = install(daemon.port(), {{"package", "foo"}});
    EXPECT_EQ(answer.status, 500);
    EXPECT_NE(answer.body["detail"].get<std::string>().find("limits.sessions"), std::string::npos) << answer.body;
    EXPECT_EQ(read_file(daemon.config_file()), text);
    EXPECT_EQ(request(daemon, "GET", "/servers/hostile").status, 200);
}

TEST(Install, a_page_can_neither_install_nor_remove) {
    Daemon daemon(hostile_config());
    httplib::Client http("127.0.0.1", daemon.port());
    const httplib::Headers page{{"Origin", "http://127.0.0.1:" + std::to_string(daemon.port())}};
    const auto installed = http.Post("/servers/install", page, R"({"package": "foo"})", "text/plain");
    ASSERT_TRUE(installed);
    EXPECT_EQ(installed->status, 403);
    const auto removed = http.Delete("/servers/hostile", page);
    ASSERT_TRUE(removed);
    EXPECT_EQ(removed->status, 403);
    EXPECT_EQ(file_of(daemon)["mcpServers"].size(), 1U);
}

TEST(Install, the_file_is_whole_after_a_sudden_end_in_between) {
    DaemonOptions options;
    options.config = {{"mcpServers", json::object()}};
    Daemon daemon(std::move(options));
    std::size_t promised = 0;
    for (int round = 0; round < 5; ++round) {
        std::atomic<int> installed = 0;
        const int port = daemon.port();
        std::thread installer([&installed, port, round] {
            for (int i = 0; i < 1000; ++i) {
                const std::string name = "s" + std::to_string(round) + "-" + std::to_string(i);
                if (install(port, {{"package", name}}).status != 200)
                    return;
                ++installed;
            }
        });
        EXPECT_TRUE(wait_until([&] { return installed >= 3; }));
        daemon.kill9();
        installer.join();
        promised += static_cast<std::size_t>(installed);
        const json file = file_of(daemon);
        ASSERT_TRUE(file.is_object()) << read_file(daemon.config_file());
        // The one under way may or may not have got there.
        EXPECT_GE(file["mcpServers"].size(), promised);
        promised = file["mcpServers"].size();
        daemon.start();
        ASSERT_TRUE(daemon.running());
    }
}

}  // namespace
}  // namespace agenthub::test

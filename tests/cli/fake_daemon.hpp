// A small HTTP server that plays the daemon's part, on 127.0.0.1 or a Unix socket, well or badly as a test wants it.
// Test support; owned by the test.

#pragma once

#include <httplib.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace agenthub {

class FakeDaemon {
public:
    using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

    FakeDaemon();
    explicit FakeDaemon(const std::string& socket_path);
    ~FakeDaemon();
    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;

    const std::string& url() const { return url_; }

    // What GET answers; set before the first request.
    void get(const std::string& path, const Handler& handler) { http_.Get(path, handler); }
    void post_json(const std::string& path, const std::string& body, int status = 200);
    void get_json(const std::string& path, const std::string& body, int status = 200);

    // How the parts of an MCP session at /mcp/everything are answered; the defaults are those of a good daemon whose
    // tool answers "hello". Set before the first request.
    Handler on_initialize, on_initialized, on_tool_call;

    // Requests in the order they came: "POST initialize", "DELETE /mcp/everything", "POST response", "GET /health".
    std::vector<std::string> seen() const;
    // What stood in the request lines, also of those that no route is for.
    std::vector<std::string> targets() const;
    // The n-th of those seen, in full.
    httplib::Request request(std::size_t n) const;

    // Blocks a handler until release() or the end of the daemon; entered() returns when one has begun to block.
    void hold();
    void entered();
    void release();

private:
    void serve();
    void post(const httplib::Request& request, httplib::Response& response);
    void note(const httplib::Request& request);

    httplib::Server http_;
    std::string url_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool holding_ = false;
    bool released_ = false;
    std::vector<std::pair<std::string, httplib::Request>> seen_;
    std::vector<std::string> targets_;
    std::thread thread_;
};

// Answers as handlers.
FakeDaemon::Handler answer_json(std::string body, int status = 200);
// An event stream of these events, each with the id and event fields the daemon may send.
FakeDaemon::Handler answer_events(std::vector<std::string> events);
// Promises `body` and more, sends `body`, and closes the connection. `content_type` as the header.
FakeDaemon::Handler answer_half(std::string body, std::string content_type);

}  // namespace agenthub

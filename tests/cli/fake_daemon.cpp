// A small HTTP server that plays the daemon's part.
// Test support.

#include "tests/cli/fake_daemon.hpp"

#include <sys/socket.h>

#include <stdexcept>

namespace agenthub {
namespace {

std::string name_of(const httplib::Request& request) {
    if (request.method != "POST")
        return request.method + " " + request.path;
    const auto message = nlohmann::json::parse(request.body, nullptr, false);
    return "POST " + (message.is_object() ? message.value("method", "response") : std::string("garbage"));
}

}  // namespace

FakeDaemon::Handler answer_json(std::string body, int status) {
    return [=](const httplib::Request&, httplib::Response& response) {
        response.status = status;
        response.set_content(body, "application/json");
    };
}

FakeDaemon::Handler answer_events(std::vector<std::string> events) {
    return [=](const httplib::Request&, httplib::Response& response) {
        response.set_chunked_content_provider(
            "text/event-stream; charset=utf-8", [=](std::size_t, httplib::DataSink& sink) {
                for (const std::string& event : events) {
                    const std::string text = "event: message\ndata: " + event + "\n\n";
                    sink.write(text.data(), text.size());
                }
                sink.done();
                return true;
            });
    };
}

FakeDaemon::Handler answer_half(std::string body, std::string content_type) {
    return [=](const httplib::Request&, httplib::Response& response) {
        response.set_content_provider(body.size() + 100, content_type,
                                      [=](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                          if (offset > 0)
                                              return false;
                                          sink.write(body.data(), body.size());
                                          return true;
                                      });
    };
}

FakeDaemon::FakeDaemon() {
    const int port = http_.bind_to_any_port("127.0.0.1");
    if (port <= 0)
        throw std::runtime_error("no port on 127.0.0.1");
    url_ = "http://127.0.0.1:" + std::to_string(port);
    serve();
}

FakeDaemon::FakeDaemon(const std::string& socket_path) {
    http_.set_address_family(AF_UNIX);
    if (!http_.bind_to_port(socket_path, 80))
        throw std::runtime_error("cannot bind " + socket_path);
    url_ = "unix:" + socket_path;
    serve();
}

FakeDaemon::~FakeDaemon() {
    release();
    http_.stop();
    thread_.join();
}

void FakeDaemon::serve() {
    on_initialize = [](const httplib::Request&, httplib::Response& response) {
        response.set_header("Mcp-Session-Id", "session-1");
        response.set_content(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},)"
                             R"("serverInfo":{"name":"everything","version":"1"}}})",
                             "application/json");
    };
    on_initialized = [](const httplib::Request&, httplib::Response& response) { response.status = 202; };
    on_tool_call = answer_json(R"({"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"hello"}]}})");
    http_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response&) {
        {
            const std::lock_guard lock(mutex_);
            targets_.push_back(request.target);
        }
        // The body has not been read yet: post() notes those that have one.
        if (request.method != "POST")
            note(request);
        return httplib::Server::HandlerResponse::Unhandled;
    });
    http_.Post("/mcp/everything",
               [this](const httplib::Request& request, httplib::Response& response) { post(request, response); });
    http_.Delete("/mcp/everything", [](const httplib::Request&, httplib::Response&) {});
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    // stop() is lost on a server that does not run yet.
    while (!http_.is_running())
        std::this_thread::yield();
}

void FakeDaemon::post_json(const std::string& path, const std::string& body, int status) {
    http_.Post(path, answer_json(body, status));
}

void FakeDaemon::get_json(const std::string& path, const std::string& body, int status) {
    get(path, answer_json(body, status));
}

void FakeDaemon::post(const httplib::Request& request, httplib::Response& response) {
    note(request);
    const std::string name = name_of(request);
    if (name == "POST initialize")
        on_initialize(request, response);
    else if (name == "POST notifications/initialized")
        on_initialized(request, response);
    else if (name == "POST tools/call")
        on_tool_call(request, response);
    else
        response.status = 202;
}

void FakeDaemon::note(const httplib::Request& request) {
    const std::lock_guard lock(mutex_);
    seen_.emplace_back(name_of(request), request);
    changed_.notify_all();
}

std::vector<std::string> FakeDaemon::seen() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, request] : seen_)
        names.push_back(name);
    return names;
}

std::vector<std::string> FakeDaemon::targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
}

httplib::Request FakeDaemon::request(std::size_t n) const {
    const std::lock_guard lock(mutex_);
    return seen_.at(n).second;
}

void FakeDaemon::hold() {
    std::unique_lock lock(mutex_);
    holding_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
}

void FakeDaemon::entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return holding_; });
}

void FakeDaemon::release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
}

}  // namespace agenthub

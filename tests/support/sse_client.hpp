// A client of HTTP+SSE (2024-11-05): one stream for everything, and POSTs beside it.
// Owned by the test; forgetting it closes the stream.

#pragma once

#include <httplib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {

class SseClient {
public:
    explicit SseClient(int port, const std::string& path = "/mcp/hostile/sse")
        : port_(port),
          stream_(std::make_unique<EventStream>(port, path, httplib::Headers{{"Accept", "text/event-stream"}})) {
        wait_until([this] { return !stream_->events().empty() || stream_->status() != 200; });
        if (!stream_->events().empty())
            endpoint = stream_->events().front().data;
    }

    // The HTTP status of the POST.
    int post(const std::string& body, const httplib::Headers& headers = {}) {
        const auto reply = httplib::Client("127.0.0.1", port_).Post(endpoint, headers, body, "application/json");
        last_body = reply ? reply->body : "";
        return reply ? reply->status : 0;
    }
    int initialize(const std::string& version = "2024-11-05") {
        const nlohmann::json params = {{"protocolVersion", version},
                                       {"capabilities", nlohmann::json::object()},
                                       {"clientInfo", {{"name", "old-client"}, {"version", "1.0"}}}};
        const int status = post(rpc("initialize", params, 0));
        answer(0);
        post(rpc("notifications/initialized", nullptr, nullptr));
        return status;
    }
    int call(const std::string& tool, const nlohmann::json& arguments, const nlohmann::json& id,
             const nlohmann::json& meta = nlohmann::json::object()) {
        return post(rpc("tools/call", {{"name", tool}, {"arguments", arguments}, {"_meta", meta}}, id));
    }

    // The answer to `id`, waited for; null when it does not come.
    nlohmann::json answer(const nlohmann::json& id) const {
        const auto is_it = [&](const nlohmann::json& m) {
            return m.is_object() && !m.contains("method") && m.value("id", nlohmann::json()) == id;
        };
        stream_->wait_for([&](const auto& seen) { return std::any_of(seen.begin(), seen.end(), is_it); });
        for (const auto& message : stream_->messages())
            if (is_it(message))
                return message;
        return nullptr;
    }
    std::string text(const nlohmann::json& id) const {
        const nlohmann::json found = answer(id);
        const nlohmann::json::json_pointer place("/result/content/0/text");
        return found.contains(place) ? found.at(place).get<std::string>() : found.dump();
    }
    std::size_t count(const std::string& method) const {
        const auto seen = stream_->messages();
        return static_cast<std::size_t>(
            std::count_if(seen.begin(), seen.end(), [&](const auto& m) { return m.value("method", "") == method; }));
    }

    EventStream& stream() { return *stream_; }
    void close() { stream_.reset(); }

    std::string endpoint;
    std::string last_body;

private:
    int port_;
    std::unique_ptr<EventStream> stream_;
};

}  // namespace agenthub::test

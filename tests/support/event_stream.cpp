// Reads one GET stream until either side ends it.
// Owned by the test.

#include "tests/support/event_stream.hpp"

#include <utility>

namespace agenthub::test {

EventStream::EventStream(int port, const std::string& path, httplib::Headers headers)
    : client_("127.0.0.1", port), reader_([this, path, fields = std::move(headers)] { run(path, fields); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kBound, [this] { return has_head_ || ended_; });
}

EventStream::~EventStream() {
    close();
}

void EventStream::close() {
    client_.stop();
    if (reader_.joinable())
        reader_.join();
}

void EventStream::run(const std::string& path, httplib::Headers headers) {
    client_.set_read_timeout(std::chrono::minutes(5));
    const auto on_head = [this](const httplib::Response& response) {
        const std::lock_guard lock(mutex_);
        status_ = response.status;
        headers_ = response.headers;
        has_head_ = true;
        changed_.notify_all();
        return true;
    };
    const auto on_data = [this](const char* data, std::size_t size) {
        const std::lock_guard lock(mutex_);
        body_.append(data, size);
        for (auto& event : parser_.feed({data, size}))
            events_.push_back(std::move(event));
        changed_.notify_all();
        return true;
    };
    const auto answer = client_.Get(path, headers, on_head, on_data);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

int EventStream::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

std::string EventStream::header(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = headers_.find(name);
    return found == headers_.end() ? std::string() : found->second;
}

std::string EventStream::body() const {
    const std::lock_guard lock(mutex_);
    return body_;
}

std::vector<SseEvent> EventStream::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

int EventStream::comments() const {
    const std::lock_guard lock(mutex_);
    return parser_.comments();
}

std::vector<nlohmann::json> EventStream::messages() const {
    const std::lock_guard lock(mutex_);
    return parsed();
}

std::vector<nlohmann::json> EventStream::parsed() const {
    std::vector<nlohmann::json> out;
    for (const auto& event : events_) {
        auto message = nlohmann::json::parse(event.data, nullptr, false);
        if (!message.is_discarded())
            out.push_back(std::move(message));
    }
    return out;
}

bool EventStream::wait_for(const std::function<bool(const std::vector<nlohmann::json>&)>& condition,
                           std::chrono::milliseconds bound) const {
    std::unique_lock lock(mutex_);
    bool holds = false;
    changed_.wait_for(lock, bound, [&] {
        holds = condition(parsed());
        return holds || ended_;
    });
    return holds;
}

bool EventStream::wait_for_count(std::size_t messages, std::chrono::milliseconds bound) const {
    return wait_for([messages](const auto& seen) { return seen.size() >= messages; }, bound);
}

bool EventStream::wait_for_end(std::chrono::milliseconds bound) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, bound, [this] { return ended_; });
}

}  // namespace agenthub::test

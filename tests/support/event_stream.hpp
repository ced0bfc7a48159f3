// A GET event stream, read on a thread of its own.
// Owned by the test, which closes it by forgetting it.

#pragma once

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/sse.hpp"
#include "tests/support/wait_until.hpp"

namespace agenthub::test {

class EventStream {
public:
    // Returns as soon as the response's head has come, or the attempt has failed: see status().
    EventStream(int port, const std::string& path, httplib::Headers headers);
    ~EventStream();
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    // 0: no HTTP response.
    int status() const;
    std::string header(const std::string& name) const;
    std::string body() const;  // of an answer that is no event stream
    std::vector<SseEvent> events() const;
    std::vector<nlohmann::json> messages() const;  // the events' data that is JSON
    int comments() const;

    // Waits until the condition on the messages so far holds; false when `bound` passed or the stream ended before.
    bool wait_for(const std::function<bool(const std::vector<nlohmann::json>&)>& condition,
                  std::chrono::milliseconds bound = kBound) const;
    bool wait_for_count(std::size_t messages, std::chrono::milliseconds bound = kBound) const;
    // Waits until the server has ended the stream.
    bool wait_for_end(std::chrono::milliseconds bound = kBound) const;

    void close();

private:
    void run(const std::string& path, httplib::Headers headers);
    std::vector<nlohmann::json> parsed() const;  // with the lock held

    httplib::Client client_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    int status_ = 0;
    bool has_head_ = false;
    bool ended_ = false;
    httplib::Headers headers_;
    std::string body_;
    SseParser parser_;
    std::vector<SseEvent> events_;
    std::thread reader_;  // last: it uses all of the above
};

}  // namespace agenthub::test

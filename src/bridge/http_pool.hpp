// The connections of one HTTP client: those that are idle, and how many there are.
// Shared by the client and its responses: a response may outlive the client.

#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "bridge/http_wire.hpp"

namespace agenthub {

struct HttpPoolLimits {
    std::size_t max_connections = 1024;  // idle ones not counted; 0: any number
    std::size_t max_idle = 32;
    Duration idle_timeout{std::chrono::seconds(60)};  // or less, where the server says so
    bool operator==(const HttpPoolLimits&) const = default;
};

class HttpPool {
public:
    explicit HttpPool(HttpPoolLimits limits) noexcept : limits_(limits) {}

    // Room for one more connection in use: true, then leave() follows. False at max_connections.
    bool enter() noexcept;
    void leave() noexcept { --in_use_; }

    // An idle connection that the server has not closed, the latest used first; null when there is none.
    std::unique_ptr<HttpWire> take();
    // Keeps it, for at most `keep`; the one that was idle longest gives way when there are too many.
    void give_back(std::unique_ptr<HttpWire> wire, Duration keep);
    // None is kept any more.
    void close();

    const HttpPoolLimits& limits() const noexcept { return limits_; }
    std::size_t in_use() const noexcept { return in_use_; }
    // Those whose time is over, or that the server has closed, are found when they are looked at.
    std::size_t idle();

private:
    void drop_dead();

    HttpPoolLimits limits_;
    std::size_t in_use_ = 0;
    bool closed_ = false;
    std::vector<std::unique_ptr<HttpWire>> idle_;  // the latest used last
};

}  // namespace agenthub

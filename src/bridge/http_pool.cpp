// Keeping connections.
// Shared by an HTTP client and its responses.

#include "bridge/http_pool.hpp"

#include <algorithm>
#include <utility>

namespace agenthub {

bool HttpPool::enter() noexcept {
    if (limits_.max_connections != 0 && in_use_ >= limits_.max_connections)
        return false;
    ++in_use_;
    return true;
}

std::unique_ptr<HttpWire> HttpPool::take() {
    while (!idle_.empty()) {
        std::unique_ptr<HttpWire> wire = std::move(idle_.back());
        idle_.pop_back();
        if (!wire->is_quiet())
            continue;
        wire->set_limit(TimePoint::max());
        return wire;
    }
    return nullptr;
}

void HttpPool::give_back(std::unique_ptr<HttpWire> wire, Duration keep) {
    keep = std::min(keep, limits_.idle_timeout);
    if (closed_ || limits_.max_idle == 0 || keep <= Duration::zero())
        return;
    drop_dead();
    if (idle_.size() >= limits_.max_idle)
        idle_.erase(idle_.begin());
    // The wire closes itself then.
    wire->set_limit(Clock::now() + keep);
    idle_.push_back(std::move(wire));
}

void HttpPool::close() {
    closed_ = true;
    idle_.clear();
}

std::size_t HttpPool::idle() {
    drop_dead();
    return idle_.size();
}

void HttpPool::drop_dead() {
    std::erase_if(idle_, [](const auto& wire) { return !wire->is_quiet(); });
}

}  // namespace agenthub

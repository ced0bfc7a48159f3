// The way of one call to its server: it waits at the gate, then runs at an upstream, and can be cancelled at each
// point. Owned by the exchange of the call.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "bridge/upstream.hpp"
#include "supervisor/call_gate.hpp"

namespace agenthub {

class CallRoute {
public:
    explicit CallRoute(std::string name) : server(std::move(name)) {}
    CallRoute(const CallRoute&) = delete;
    CallRoute& operator=(const CallRoute&) = delete;

    // Waits before the server's gate, as CallGate::enter().
    awaitable<result<void>> enter(CallGate& gate, CallPass& pass, Exchange& exchange) {
        waits_at_ = &gate;
        auto entered = co_await gate.enter(pass, exchange);
        waits_at_ = nullptr;
        co_return entered;
    }

    // Cancels the call on the client's behalf; `reason` is JSON text or empty.
    void cancel(Exchange& exchange, std::string_view reason) {
        cancelled_ = upstream == nullptr || left_ != nullptr;
        if (left_ != nullptr)
            left_->notify();
        else if (upstream != nullptr)
            upstream->cancel(exchange, reason);
        else if (waits_at_ != nullptr)
            waits_at_->cancel(exchange);
    }
    // While the call's hooks are asked: the event is notified when the call is cancelled; null: they are not.
    void tell_of_leaving(Event* left) noexcept { left_ = left; }
    // Cancelled before it reached a server, or when that had answered.
    bool is_cancelled() const noexcept { return cancelled_; }

    // Its reply is in the words of the modern era. (What hooks answer without a server is not.)
    bool is_of_modern_server() const { return upstream != nullptr && upstream->info().modern; }

    std::string server;
    // Where the call went; also keeps that instance alive while the call runs.
    std::shared_ptr<Upstream> upstream;

private:
    CallGate* waits_at_ = nullptr;
    Event* left_ = nullptr;
    bool cancelled_ = false;
};

}  // namespace agenthub

// Those who wait for one of a bounded number of places, in the order of their arrival.
// Owned by whoever has the places; loop thread only.

#pragma once

#include <boost/asio/redirect_error.hpp>

#include <list>

#include "base/deadline.hpp"

namespace agenthub {

class PlaceQueue {
public:
    explicit PlaceQueue(Executor executor) : executor_(executor) {}

    // Stands in the queue for as long as it lives. Whoever leaves lets the next one look.
    class Ticket {
    public:
        explicit Ticket(PlaceQueue& queue)
            : queue_(queue),
              woken_(queue.executor_, TimePoint::max()),
              place_(queue.tickets_.insert(queue.tickets_.end(), this)) {}
        ~Ticket() {
            queue_.tickets_.erase(place_);
            queue_.wake_first();
        }
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;

        bool is_first() const noexcept { return queue_.tickets_.front() == this; }
        // Returns when it is woken, or at the deadline.
        awaitable<void> wait(Deadline deadline) {
            boost::system::error_code ignored;
            woken_.expires_at(deadline.at());
            co_await woken_.async_wait(asio::redirect_error(use_awaitable, ignored));
        }

    private:
        friend class PlaceQueue;
        PlaceQueue& queue_;
        SteadyTimer woken_;
        std::list<Ticket*>::iterator place_;
    };

    bool empty() const noexcept { return tickets_.empty(); }
    std::size_t size() const noexcept { return tickets_.size(); }

    // A place may be free.
    void wake_first() {
        if (!tickets_.empty())
            tickets_.front()->woken_.cancel();
    }
    // Nobody needs to wait any more.
    void wake_all() {
        for (Ticket* ticket : tickets_)
            ticket->woken_.cancel();
    }

private:
    Executor executor_;
    std::list<Ticket*> tickets_;
};

}  // namespace agenthub

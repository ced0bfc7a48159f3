// Any number of coroutines that wait for the same news.
// Owned by whoever has the news; loop thread only.

#pragma once

#include <list>

#include "base/event.hpp"

namespace agenthub {

class Waiters {
public:
    explicit Waiters(Executor executor) noexcept : executor_(executor) {}
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    // Returns after the next notify_all(). Throws operation_aborted when the coroutine is cancelled.
    awaitable<void> wait() {
        Place place(events_, executor_);
        co_await place.event->wait();
    }

    void notify_all() {
        for (Event& event : events_)
            event.notify();
    }

private:
    struct Place {
        Place(std::list<Event>& list, Executor executor) : events(list), event(list.emplace(list.end(), executor)) {}
        ~Place() { events.erase(event); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        std::list<Event>& events;
        std::list<Event>::iterator event;
    };

    Executor executor_;
    std::list<Event> events_;
};

}  // namespace agenthub

// Lets coroutines do something one after the other, in the order in which they came.
// Owned by what they take turns for; loop thread only.

#pragma once

#include <list>
#include <utility>

#include "base/event.hpp"

namespace agenthub {

class Turns {
public:
    explicit Turns(Executor executor) noexcept : executor_(executor) {}
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    // Ends with its scope.
    class Turn {
    public:
        explicit Turn(Turns& turns) noexcept : turns_(&turns) {}
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_ != nullptr)
                turns_->end();
        }

    private:
        Turns* turns_;
    };

    // Returns when it is the caller's turn. Throws operation_aborted when the coroutine is cancelled.
    awaitable<Turn> take() {
        if (std::exchange(taken_, true)) {
            Place place(waiting_, executor_);
            co_await place.event->wait();
        }
        co_return Turn(*this);
    }

private:
    // In the queue for as long as it exists.
    struct Place {
        Place(std::list<Event>& queue, Executor executor) : list(queue), event(list.emplace(list.end(), executor)) {}
        ~Place() { list.erase(event); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        std::list<Event>& list;
        std::list<Event>::iterator event;
    };

    // Who is told has the turn from then on, before it runs. It has left the queue when it gives the turn on.
    void end() {
        if (waiting_.empty())
            taken_ = false;
        else
            waiting_.front().notify();
    }

    Executor executor_;
    std::list<Event> waiting_;
    bool taken_ = false;
};

}  // namespace agenthub

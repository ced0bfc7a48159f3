// How many calls one server works on at a time, and who of those that wait is next: clients take turns.
// A value owned by the server's call gate; the waiting calls live on their coroutines' frames. Pure.

#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace agenthub {

struct BulkheadLimits {
    std::size_t max_concurrency = 0;  // calls at a time; 0: any number, and none ever waits
    std::size_t queue = 256;          // calls that may wait
    bool operator==(const BulkheadLimits&) const = default;
};

// Deficit round robin (Shreedhar and Varghese, 1995): each client has a lane of its own, in the order of arrival. In
// each round a lane earns kQuantum and spends the costs of its calls; an empty lane keeps nothing.
//
// A full queue takes a call of a client that has little waiting at the expense of the one that has most: that one's
// newest call gives way. So nobody can keep others out by filling the queue.
class Bulkhead {
    struct Lane;

public:
    static constexpr unsigned kQuantum = 1;
    static constexpr unsigned kMaxCost = 16;

    // A call that waits. Must leave by remove() or be handed out before it is destroyed.
    class Waiter {
    public:
        // `client` takes turns with others. `cost` is in quanta, taken to the nearest of 1 to kMaxCost.
        Waiter(std::string client, unsigned cost);
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        bool is_waiting() const noexcept { return lane_ != nullptr; }

    private:
        friend class Bulkhead;
        std::string client_;
        unsigned cost_;
        Lane* lane_ = nullptr;
        std::list<Waiter*>::iterator place_;
    };

    struct Queued {
        bool accepted = false;
        Waiter* evicted = nullptr;  // waits no longer: it gave way
    };

    explicit Bulkhead(BulkheadLimits limits) noexcept : limits_(limits) {}

    // True: the call may run now, and leave() follows. False: every place is taken.
    bool try_enter() noexcept {
        if (limits_.max_concurrency != 0 && running_ >= limits_.max_concurrency)
            return false;
        ++running_;
        return true;
    }
    // Lets a call wait, after try_enter() said no.
    Queued add(Waiter& waiter);
    // A running call has ended. The waiter that runs in its place, which then leaves in its turn; null when none waits.
    Waiter* leave();
    // The same without one that ended: null unless set_limits() made a place.
    Waiter* admit();
    // What runs or waits beyond a smaller limit stays. After a larger one, admit() until it is null.
    void set_limits(BulkheadLimits limits) noexcept { limits_ = limits; }
    // A waiter has given up.
    void remove(Waiter& waiter);
    // Takes all waiters out.
    std::vector<Waiter*> take_all();

    std::size_t running() const noexcept { return running_; }
    std::size_t waiting() const noexcept { return waiting_; }
    const BulkheadLimits& limits() const noexcept { return limits_; }

private:
    // One client's waiting calls; exists as long as there are any.
    struct Lane {
        std::list<Waiter*> calls;
        unsigned credit = kQuantum;
        std::list<Lane*>::iterator turn;  // its place among the lanes
    };

    Lane* longest_lane();
    Waiter* take_next();

    BulkheadLimits limits_;
    std::size_t running_ = 0;
    std::size_t waiting_ = 0;
    std::unordered_map<std::string, Lane> lanes_;
    std::list<Lane*> turns_;  // the first is served
};

}  // namespace agenthub

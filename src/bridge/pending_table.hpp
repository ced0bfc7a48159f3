// The calls that a server has not answered yet, by the id it saw. Pure: time is passed in.
// Owned by one bridge; the calls themselves by the coroutines that wait for them.

#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "mcp/message.hpp"

namespace agenthub {

class Exchange;

// One waiting call. `wake` is the coroutine's event; whoever settles the call fills `outcome` and notifies it.
struct PendingCall {
    Exchange* exchange = nullptr;  // null for AgentHub's own requests
    TimePoint deadline = TimePoint::max();
    std::optional<result<mcp::Message>> outcome;
    std::optional<double> last_progress;
    bool cancellable = true;  // initialize must not be cancelled (basic/utilities/cancellation)
    std::uint64_t id = 0;

    // AgentHub's own deadlines stay as they were given.
    bool is_endless() const noexcept { return exchange == nullptr && deadline == TimePoint::max(); }
};

class PendingTable {
public:
    explicit PendingTable(std::size_t limit) : limit_(limit) {}

    // Numbers the call and keeps it. Errors: errc::busy for a client's at the limit.
    result<std::uint64_t> add(PendingCall& call);

    // The call that waits for `id`, taken out; null when there is none.
    PendingCall* take(std::uint64_t id);
    PendingCall* find(std::uint64_t id) const;
    PendingCall* find(const Exchange& exchange) const;

    // Takes a call out whose answer nobody awaits any more; a late answer is then known as such.
    void abandon(std::uint64_t id, TimePoint now);
    // True, once, when `id` belonged to an abandoned call. An answer long after that tells that the server does not
    // heed cancellations.
    bool was_abandoned(std::uint64_t id, TimePoint now);
    // The server has answered `id`: what was written before that call it has read.
    void answered(std::uint64_t id) noexcept { newest_answered_ = std::max(newest_answered_, id); }

    // The id of the newest call so far, 0 before the first.
    std::uint64_t last_id() const noexcept { return last_id_; }

    // Calls whose deadline has passed, still in the table.
    std::vector<PendingCall*> expired(TimePoint now) const;
    // Takes every call out that is newer than `id`; all of them are newer than 0.
    std::vector<PendingCall*> take_newer_than(std::uint64_t id);

    // Those of clients, oldest first.
    std::vector<PendingCall*> of_clients() const;
    // The newest exchange in flight: null when there is none, or when calls of more than one session are. One that was
    // abandoned counts, too, until the server must have read that: at most for kLinger; if it is known not to heed
    // cancellations, until its answer comes, at most for kHeedless.
    Exchange* only_exchange(TimePoint now) const;
    // What comes while no call is in flight may be for one that was abandoned, and nobody knows whose.
    bool may_be_of_abandoned(TimePoint now) const;
    std::size_t exchanges() const noexcept { return exchanges_; }
    std::size_t size() const noexcept { return calls_.size(); }
    bool empty() const noexcept { return calls_.empty(); }
    // One of them may reach its deadline. A call of AgentHub's own without one, such as a listen, never does.
    bool needs_clock() const noexcept { return calls_.size() > endless_; }

private:
    static constexpr Duration kLinger{500};
    static constexpr Duration kHeedless{std::chrono::minutes(10)};

    // A client's call that was abandoned: its server may still be at work.
    struct Lingering {
        std::uint64_t id;
        std::uint64_t newest;  // call when it was abandoned
        std::string session;
        TimePoint since;
        bool is_of_another(const Exchange& exchange) const;
    };

    bool may_linger(const Lingering& one, TimePoint now) const noexcept {
        return heedless_ ? one.since + kHeedless > now : one.since + kLinger > now && one.newest >= newest_answered_;
    }
    void forget(const PendingCall& call) noexcept;

    std::size_t limit_;
    std::size_t exchanges_ = 0;
    std::size_t endless_ = 0;
    std::uint64_t last_id_ = 0;
    boost::unordered_flat_map<std::uint64_t, PendingCall*> calls_;
    boost::unordered_flat_set<std::uint64_t> abandoned_;
    std::uint64_t newest_answered_ = 0;
    bool heedless_ = false;            // the server has gone on with a call long after it was cancelled
    std::deque<Lingering> lingering_;  // oldest first
};

}  // namespace agenthub

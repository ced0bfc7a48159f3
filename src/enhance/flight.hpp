// One request to a model on behalf of everybody who asks the same at that time.
// Included by enhancer*.cpp alone.

#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "enhance/enhancer.hpp"

namespace agenthub {

// What is to be made, by the rules of the moment when it was asked.
struct Enhancer::Work {
    std::string client, prompt;
    EnhancementRule rule;
    std::vector<std::string> models;  // to ask, in order; never empty
    std::string scope, key;           // with the first of them
    bool bypass_cache = false;
    std::optional<Duration> own_time;  // of the call that the prompt stands in, if it has less than the rule's budget

    std::string too_late() const {
        const std::string whose = own_time ? "call itself had only " : "rule's budget is ";
        const std::string limit = std::to_string(own_time.value_or(rule.budget).count()) + " ms";
        return "No model has answered in time; the " + whose + limit + (own_time ? " left (call_timeout)" : "");
    }
};

// Shared by the enhancer's table, the task that asks the model, and those who wait.
struct Enhancer::Flight {
    Flight(Executor executor, Work w, Deadline d)
        : work(std::move(w)), deadline(d), given_up(executor, d.is_never() ? d.at() : d.at() + kGrace) {}

    // A model that knows of the deadline ends a little after it: then it is its failure, and not an unfinished request.
    static constexpr Duration kGrace{1'000};

    Work work;
    Deadline deadline;                    // of who came first
    std::string embedding_model;          // that the prompt's meaning comes from; a reload may name another meanwhile
    SteadyTimer given_up;                 // cancelled when nobody waits any more
    std::vector<SteadyTimer*> waiting;    // in the frames of those who wait
    std::optional<EnhanceAnswer> answer;  // when it has ended, unless it was broken off
    bool ended = false;
};

// A place among those who wait, in the frame of one of them. The last one that leaves before the time ends the request.
class Enhancer::Place {
public:
    Place(Flight& flight, SteadyTimer& timer) : flight_(flight), timer_(timer) { flight_.waiting.push_back(&timer_); }
    ~Place() {
        std::erase(flight_.waiting, &timer_);
        if (flight_.waiting.empty() && !flight_.ended && !flight_.deadline.expired())
            flight_.given_up.cancel();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    Flight& flight_;
    SteadyTimer& timer_;
};

}  // namespace agenthub

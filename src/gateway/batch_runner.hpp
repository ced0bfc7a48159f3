// Makes the calls of a batch: so many at a time, the next as soon as one ends, each for itself.
// Owned by the gateway.

#pragma once

#include <functional>
#include <string>

#include "base/run_count.hpp"
#include "gateway/batch_request.hpp"

namespace agenthub {

class BatchRunner {
public:
    // Called when a call has ended: how many have, and which this was.
    using OnEnd = std::function<void(std::size_t ended, std::size_t index, std::string_view status)>;

    explicit BatchRunner(InnerCaller& caller) noexcept : caller_(caller) {}

    // The document of the outcome, JSON text; never fails as a whole. Results of more than `room` bytes together are
    // left out, the late ones, each with an error that says so. All arguments outlive the call.
    awaitable<std::string> run(const BatchRequest& batch, const InnerOrigin& origin, CallScope& scope, std::size_t room,
                               const OnEnd& on_end);

    // Batches that are under way, and all that began.
    const RunCount& count() const noexcept { return count_; }

private:
    struct Item;
    struct Course;

    awaitable<void> carry_out(Course& course, std::size_t index);
    bool may_repeat(Course& course, const BatchCall& call, const result<mcp::Message>& reply) const;
    bool is_repeatable(Course& course, const InnerCall& call) const;

    InnerCaller& caller_;
    RunCount count_;
};

}  // namespace agenthub

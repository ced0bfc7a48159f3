// POST /batch: many calls in one request.
// Owned by the gateway.

#pragma once

#include "gateway/batch_runner.hpp"

namespace agenthub {

class BatchRoutes {
public:
    BatchRoutes(const Limits& limits, InnerCaller& caller, CallRecorder& recorder)
        : limits_(limits), batches_(caller), recorder_(recorder) {}

    // Replies with 200 and the results, whatever became of the single calls; 422 to a body that is no batch. A client
    // that closes its connection ends what is under way.
    awaitable<void> serve(HttpRequest& request, HttpResponder& responder);

    const RunCount& batches() const noexcept { return batches_.count(); }

private:
    awaitable<void> answer(HttpRequest& request, HttpResponder& responder, HttpReply reply, bool left);

    const Limits& limits_;
    BatchRunner batches_;
    CallRecorder& recorder_;
};

}  // namespace agenthub

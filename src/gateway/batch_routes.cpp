// Many calls in one request.
// Owned by the gateway.

#include "gateway/batch_routes.hpp"

#include <utility>

#include "base/race.hpp"

namespace agenthub {
namespace {

awaitable<void> keep(awaitable<std::string> document, std::string& out) {
    out = co_await std::move(document);
}

}  // namespace

awaitable<void> BatchRoutes::serve(HttpRequest& request, HttpResponder& responder) {
    BodyReader body(request.body);
    const BatchRequest batch = read_batch(body, limits_);
    if (!body.ok()) {
        auto refusal = body.refusal();
        co_await answer(request, responder, std::move(refusal), false);
        co_return;
    }
    const InnerOrigin origin = origin_of(request);
    const BatchRunner::OnEnd nobody_hears;
    CallScope scope;
    HttpReply reply;
    auto run = batches_.run(batch, origin, scope, limits_.line_bytes, nobody_hears);
    auto work = keep(std::move(run), reply.body);
    auto watch = end_when_left(scope, responder);
    co_await ends_before(std::move(work), std::move(watch));
    co_await answer(request, responder, std::move(reply), scope.ended());
}

awaitable<void> BatchRoutes::answer(HttpRequest& request, HttpResponder& responder, HttpReply reply, bool left) {
    co_await responder.send(reply);
    CallRecorder::Plain row{request, reply.status, responder.body_bytes(), {}, {}, {}, {}, {}};
    if (left) {
        row.why = "the client left before the end";
        row.outcome = Outcome::cancelled;
    }
    recorder_.plain(row);
}

}  // namespace agenthub

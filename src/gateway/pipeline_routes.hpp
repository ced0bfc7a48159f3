// GET /pipelines, POST /pipelines/{name}, and the prototype's POST /pipelines/documentation. A run is a call of the
// hub's tool of that pipeline, and passes what every call passes. Owned by the gateway.

#pragma once

#include <optional>
#include <string>

#include "base/task_group.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/pipeline_service.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class PipelineRoutes {
public:
    PipelineRoutes(const Limits& limits, InnerCaller& caller, PipelineService& pipelines, CallRecorder& recorder,
                   Executor executor)
        : limits_(limits), caller_(caller), pipelines_(pipelines), recorder_(recorder), executor_(executor) {}

    // Writes and records the reply. A run is answered with its report or, to a client that accepts text/event-stream,
    // with an event for each step before it. A client that closes its connection ends the run.
    awaitable<void> serve(const Route& route, HttpRequest& request, HttpResponder& responder);

private:
    struct Passage;

    awaitable<void> run(HttpRequest& request, HttpResponder& responder, std::string name);
    awaitable<void> run_documentation(HttpRequest& request, HttpResponder& responder);
    awaitable<void> start(Passage& passage);
    awaitable<void> stream(Passage& passage);
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, HttpReply reply);
    void check(const std::string& name, const std::string& input, BodyReader& body) const;

    const Limits& limits_;
    InnerCaller& caller_;
    PipelineService& pipelines_;
    CallRecorder& recorder_;
    Executor executor_;
};

}  // namespace agenthub

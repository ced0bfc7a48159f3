// The tools of the server hub that call others: call_many, and one for each pipeline.
// Owned by the gateway.

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/batch_runner.hpp"
#include "gateway/hub_toolset.hpp"
#include "gateway/pipeline_service.hpp"

namespace agenthub {

class HubCalls final : public HubToolset {
public:
    // Where the progress of a pipeline's step tells of that step, in _meta.
    static constexpr std::string_view kStepNote = "agenthub/step";

    HubCalls(const Limits& limits, InnerCaller& caller, PipelineService& pipelines)
        : limits_(limits), batches_(caller), pipelines_(pipelines) {}

    std::string entries() const override;
    bool has(std::string_view tool) const override;
    // Progress is told of for each call or step that has ended, where the request has a token for it.
    awaitable<result<std::string>> call(Exchange& exchange, std::string tool, std::string arguments) override;
    void cancel(Exchange& exchange) override;

    const RunCount& batches() const noexcept { return batches_.count(); }

private:
    class Running;

    awaitable<result<std::string>> call_many(Exchange& exchange, CallScope& scope, std::string arguments);
    awaitable<result<std::string>> run_pipeline(Exchange& exchange, CallScope& scope, std::string name,
                                                std::string arguments);

    const Limits& limits_;
    BatchRunner batches_;
    PipelineService& pipelines_;
    std::map<const Exchange*, CallScope*> running_;
};

}  // namespace agenthub

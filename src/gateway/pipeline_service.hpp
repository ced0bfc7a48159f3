// The configured pipelines, and their runs: at most so many at a time.
// Owned by the gateway.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/run_count.hpp"
#include "base/uuid.hpp"
#include "gateway/pipeline_run.hpp"
#include "pipeline/input_check.hpp"

namespace agenthub {

class PipelineService {
public:
    // A pipeline that is called by another, and so on, may stand in so many others.
    static constexpr unsigned kMaxDepth = 4;

    PipelineService(Executor executor, const PipelinesConfig& config, InnerCaller& calls, Enhancer& enhancer);

    // After a reload. Runs go on as they began.
    void reconfigure(const PipelinesConfig& config);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    const RunCount& count() const noexcept { return count_; }
    // How many steps it has, those inside of `parallel` included; 0 for an unknown name.
    std::size_t steps_of(std::string_view name) const;

    // The document of GET /pipelines, and the entries of tools/list, separated by commas: JSON texts.
    std::string document() const;
    std::string tool_entries() const;

    // What is wrong with the input of a pipeline that is there; `input` is JSON text of an object.
    std::vector<InputFault> check(std::string_view name, std::string_view input) const;

    // One run. Errors: errc::busy when too many are running, errc::invalid_params for an unknown name, a faulty input,
    // and a depth beyond kMaxDepth. Origin, scope and listener outlive it.
    awaitable<result<RunReport>> run(std::string name, std::string input, const InnerOrigin& origin, CallScope& scope,
                                     const PipelineRun::OnStep& on_step);

private:
    const PipelineConfig* find(std::string_view name) const;
    result<void> admit(const std::string& name, std::string_view input, const InnerOrigin& origin) const;

    // Owners: this, and the runs that began while it was in force.
    std::shared_ptr<const PipelinesConfig> config_;
    OffLoop files_;
    PipelineTools tools_;
    RequestIds ids_;
    RunCount count_;
};

}  // namespace agenthub

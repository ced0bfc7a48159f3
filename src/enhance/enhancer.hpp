// Makes prompts better: by the client's rule, out of the cache, or by a model, and never at the price of an error.
// Owned by the composition root; loop thread only.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/task_group.hpp"
#include "bridge/model_backend.hpp"
#include "config/enhancement_config.hpp"
#include "enhance/prompt_cache.hpp"
#include "enhance/prompt_store.hpp"

namespace agenthub {

struct EnhanceQuestion {
    std::string client, prompt;
    bool bypass_cache = false;      // what is made is kept all the same
    std::size_t carrier_bytes = 0;  // of the request that the prompt stands in; 0: the prompt is all of it
    Deadline latest;                // beside the rule's budget
};

struct EnhanceAnswer {
    std::string text;   // the better prompt, or the original
    std::string model;  // that made it; empty: none
    bool cached = false;
    std::string error;  // why it is the original; empty: nothing went wrong
};

// Who waits for an answer. Asked every now and then, so leaving takes a moment to be noticed.
class EnhanceListener {
public:
    virtual ~EnhanceListener() = default;
    virtual bool has_left() const noexcept = 0;
};

struct EnhancerSetup {
    EnhancementConfig config;
    std::string usual_model;             // of rules that name none
    ModelBackend* backend = nullptr;     // outlives the enhancer; null: there is none
    std::unique_ptr<PromptStore> store;  // null: the cache begins empty
};

class Enhancer {
public:
    // How often a listener is asked whether it has left.
    static constexpr Duration kLookAfter{50};

    Enhancer(Executor executor, EnhancerSetup setup);
    ~Enhancer();  // stop() first, if anything was asked
    Enhancer(const Enhancer&) = delete;
    Enhancer& operator=(const Enhancer&) = delete;

    // Always an answer, within the budget of the client's rule. Questions that are the same make one request to the
    // model; each waits as long as its own budget lasts, and the request ends when nobody waits for it any more.
    // `listener`, which may be null, outlives the call.
    awaitable<EnhanceAnswer> enhance(EnhanceQuestion question, const EnhanceListener* listener = nullptr);

    const EnhancementConfig& config() const noexcept { return config_; }
    // Some rule wants calls of tools to be enhanced without being asked.
    bool has_tool_rules() const noexcept { return has_tool_rules_; }

    PromptCacheStats cache_stats() { return cache_.stats(Clock::now()); }
    // Forgets everything that was made, on the disk too.
    void clear_cache();
    // After a reload; what is being made goes on by the rules it began with.
    void reconfigure(EnhancementConfig config, std::string usual_model);

    // Ends what is being made; whoever waits gets the original.
    awaitable<void> stop();

private:
    struct Work;
    struct Flight;
    class Place;

    void warm_up();
    Work work_of(const EnhanceQuestion& question) const;
    awaitable<EnhanceAnswer> wait_for_model(Work work, Deadline deadline, const EnhanceListener* listener);
    std::shared_ptr<Flight> flight_for(const Work& work, Deadline deadline);
    awaitable<void> stay(Flight& flight, Deadline deadline, const EnhanceListener* listener);
    awaitable<void> fly(std::shared_ptr<Flight> flight);
    void land(Flight& flight);
    awaitable<void> make(Flight& flight);
    awaitable<bool> knows_like(Flight& flight, std::vector<float>& vector);
    awaitable<result<std::string>> ask_model(const Flight& flight, std::string model);
    void keep(const Flight& flight, std::string_view model, std::string text, std::vector<float> vector);

    Executor executor_;
    EnhancementConfig config_;
    std::string usual_model_;
    ModelBackend* backend_;
    std::unique_ptr<PromptStore> store_;
    PromptCache cache_;
    bool has_tool_rules_ = false;
    bool stopped_ = false;
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;  // by key
    TaskGroup tasks_;
};

}  // namespace agenthub

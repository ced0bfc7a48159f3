// Answering out of the cache, and waiting for a model together with others.
// Owned by the composition root.

#include "enhance/enhancer.hpp"

#include <boost/asio/redirect_error.hpp>

#include "base/text.hpp"
#include "enhance/flight.hpp"
#include "enhance/prompt_rules.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kShutDown = "The request was broken off; AgentHub is shutting down";

constexpr std::string_view kBroke = "The request to the model ended by a fault of AgentHub; its log says which";

EnhanceAnswer original(std::string prompt, std::string why) {
    EnhanceAnswer answer;
    answer.text = std::move(prompt);
    answer.error = std::move(why);
    return answer;
}

bool wants_tools(const EnhancementConfig& config) {
    const auto named = [](const EnhancementRule& rule) { return rule.enabled && !rule.tools.empty(); };
    return config.enabled &&
           (named(config.fallback) || std::any_of(config.clients.begin(), config.clients.end(),
                                                  [&named](const auto& client) { return named(client.second); }));
}

// Why this prompt stays as it is without anybody being asked; empty: it need not.
std::string reason_to_pass(const EnhanceQuestion& question, const EnhancementRule& rule, std::size_t limit) {
    const std::size_t size = question.carrier_bytes == 0 ? question.prompt.size() : question.carrier_bytes;
    if (!rule.enabled)
        return "Enhancement disabled for client";
    if (question.prompt.empty())
        return "The prompt is empty";
    if (size > limit)
        return "The request has " + std::to_string(size) + " bytes, more than enhancement.max_body_bytes (" +
               std::to_string(limit) + ")";
    return {};
}

}  // namespace

Enhancer::Enhancer(Executor executor, EnhancerSetup setup)
    : executor_(executor),
      config_(std::move(setup.config)),
      usual_model_(std::move(setup.usual_model)),
      backend_(setup.backend),
      store_(std::move(setup.store)),
      cache_(config_.cache.max_entries, config_.cache.ttl),
      has_tool_rules_(wants_tools(config_)),
      tasks_(executor) {
    warm_up();
}

Enhancer::~Enhancer() = default;

void Enhancer::warm_up() {
    if (store_ == nullptr)
        return;
    const TimePoint now = Clock::now();
    const std::int64_t now_ms = unix_ms_now();
    for (StoredPrompt& stored : store_->take_found()) {
        // A clock that was set back must not make it stay longer than the cache keeps anything.
        const auto left = std::min(Duration(stored.until_ms - now_ms), cache_.ttl());
        CachedPrompt prompt;
        prompt.key = std::move(stored.key);
        prompt.scope = std::move(stored.scope);
        prompt.text = std::move(stored.text);
        prompt.model = std::move(stored.model);
        prompt.vector = std::move(stored.vector);
        cache_.put_until(std::move(prompt), now + left, now);
    }
}

Enhancer::Work Enhancer::work_of(const EnhanceQuestion& question) const {
    Work work;
    work.client = question.client;
    work.prompt = question.prompt;
    work.rule = rule_of(config_, question.client);
    work.models = models_of(config_, work.rule, usual_model_);
    work.scope = scope_of(work.client, work.rule, work.models.front());
    work.key = key_of(work.scope, work.prompt);
    work.bypass_cache = question.bypass_cache;
    return work;
}

awaitable<EnhanceAnswer> Enhancer::enhance(EnhanceQuestion question, const EnhanceListener* listener) {
    const EnhancementRule& rule = rule_of(config_, question.client);
    std::string why = reason_to_pass(question, rule, config_.max_body_bytes);
    if (!why.empty())
        co_return original(std::move(question.prompt), std::move(why));
    const TimePoint now = Clock::now();
    const Deadline budget = Deadline::after(rule.budget, now);
    const Deadline deadline = budget.earlier(question.latest);
    Work work = work_of(question);
    if (question.latest.at() < budget.at())
        work.own_time = question.latest.remaining(now);
    if (const CachedPrompt* known = work.bypass_cache ? nullptr : cache_.find(work.key, now)) {
        cache_.count(true);
        EnhanceAnswer answer;
        answer.text = known->text;
        answer.model = known->model;
        answer.cached = true;
        co_return answer;
    }
    auto answer = co_await wait_for_model(std::move(work), deadline, listener);
    if (!question.bypass_cache)
        cache_.count(answer.cached);
    co_return answer;
}

awaitable<EnhanceAnswer> Enhancer::wait_for_model(Work work, Deadline deadline, const EnhanceListener* listener) {
    if (backend_ == nullptr)
        co_return original(std::move(work.prompt), "Ollama is switched off (ollama.enabled)");
    for (;;) {
        // Also after a flight that stop() has ended: another one would only be waited for by the shutdown.
        if (stopped_)
            co_return original(std::move(work.prompt), std::string(kShutDown));
        const auto flight = flight_for(work, deadline);
        co_await stay(*flight, deadline, listener);
        // Who came first may have had less time than is left here: then the model is asked once more.
        const bool ran_out = flight->ended && flight->deadline.expired() && !deadline.expired() &&
                             (!flight->answer || flight->answer->model.empty());
        if (flight->answer && !ran_out)
            co_return *flight->answer;
        if (flight->ended && !ran_out)
            co_return original(std::move(work.prompt), std::string(stopped_ ? kShutDown : kBroke));
        if (listener != nullptr && listener->has_left())
            co_return original(std::move(work.prompt), "Nobody waits for the answer any more");
        if (deadline.expired())
            co_return original(work.prompt, work.too_late());
    }
}

// The request that is under way for the same, or a new one.
std::shared_ptr<Enhancer::Flight> Enhancer::flight_for(const Work& work, Deadline deadline) {
    const std::string key = work.key + (work.bypass_cache ? "!" : "");
    const auto known = flights_.find(key);
    // One that nobody waits for is about to end.
    if (known != flights_.end() && !known->second->waiting.empty() && !known->second->deadline.expired())
        return known->second;
    const auto flight = std::make_shared<Flight>(executor_, work, deadline);
    flights_.insert_or_assign(key, flight);
    tasks_.spawn(fly(flight), "enhancement");
    return flight;
}

awaitable<void> Enhancer::stay(Flight& flight, Deadline deadline, const EnhanceListener* listener) {
    SteadyTimer timer(executor_);
    const Place place(flight, timer);
    while (!flight.ended && !deadline.expired() && (listener == nullptr || !listener->has_left())) {
        const Deadline look = listener == nullptr ? Deadline() : Deadline::after(kLookAfter);
        timer.expires_at(deadline.earlier(look).at());
        boost::system::error_code woken;
        co_await timer.async_wait(asio::redirect_error(use_awaitable, woken));
    }
}

void Enhancer::clear_cache() {
    cache_.clear();
    if (store_ != nullptr)
        store_->clear();
}

void Enhancer::reconfigure(EnhancementConfig config, std::string usual_model) {
    config_ = std::move(config);
    usual_model_ = std::move(usual_model);
    has_tool_rules_ = wants_tools(config_);
    cache_.set_limits(config_.cache.max_entries, config_.cache.ttl);
}

awaitable<void> Enhancer::stop() {
    stopped_ = true;
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace agenthub

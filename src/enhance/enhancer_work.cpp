// Asking the models, one after the other, and keeping what they make.
// Owned by the composition root.

#include <boost/asio/redirect_error.hpp>

#include "base/race.hpp"
#include "base/redactor.hpp"
#include "base/text.hpp"
#include "enhance/enhancer.hpp"
#include "enhance/flight.hpp"
#include "enhance/meaning.hpp"
#include "enhance/prompt_rules.hpp"

namespace agenthub {
namespace {

// Vectors of different models cannot be compared.
std::string meaning_scope(std::string_view scope, std::string_view embedding_model) {
    return std::string(scope).append(1, '/').append(embedding_model);
}

EnhanceAnswer answer_of(const CachedPrompt& known) {
    EnhanceAnswer answer;
    answer.text = known.text;
    answer.model = known.model;
    answer.cached = true;
    return answer;
}

// Models may repeat what they were asked with, the key included.
void add_reason(std::string& reasons, std::string_view model, std::string_view why) {
    reasons.append(reasons.empty() ? "" : "; ").append(model).append(": ").append(redacted_clip(why, 300));
}

awaitable<void> given_up(SteadyTimer& timer) {
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, ignored));
}

}  // namespace

awaitable<void> Enhancer::fly(std::shared_ptr<Flight> flight) {
    // Whatever ends it, those who wait are told.
    struct Landing {
        Landing(Enhancer& e, Flight& f) : enhancer(e), flight(f) {}
        ~Landing() { enhancer.land(flight); }
        Landing(const Landing&) = delete;
        Landing& operator=(const Landing&) = delete;
        Enhancer& enhancer;
        Flight& flight;
    };
    const Landing landing(*this, *flight);
    auto work = make(*flight);
    auto end = given_up(flight->given_up);
    co_await ends_before(std::move(work), std::move(end));
}

void Enhancer::land(Flight& flight) {
    flight.ended = true;
    const auto entry = flights_.find(flight.work.key + (flight.work.bypass_cache ? "!" : ""));
    // Another one may have begun since.
    if (entry != flights_.end() && entry->second.get() == &flight)
        flights_.erase(entry);
    for (SteadyTimer* timer : flight.waiting)
        timer->cancel();
}

awaitable<void> Enhancer::make(Flight& flight) {
    const Work& work = flight.work;
    std::vector<float> vector;
    const bool known = co_await knows_like(flight, vector);
    if (known)
        co_return;
    EnhanceAnswer answer;
    answer.text = work.prompt;
    for (const std::string& model : work.models) {
        const bool is_first = &model == &work.models.front();
        const std::string key = key_of(scope_of(work.client, work.rule, model), work.prompt);
        if (const CachedPrompt* cached = is_first || work.bypass_cache ? nullptr : cache_.find(key, Clock::now())) {
            flight.answer = answer_of(*cached);
            co_return;
        }
        auto made = co_await ask_model(flight, model);
        if (made) {
            keep(flight, model, *made, std::move(vector));
            answer.text = std::move(*made);
            answer.model = model;
            answer.error.clear();
            break;
        }
        add_reason(answer.error, model, made.error().message);
        if (flight.deadline.expired()) {
            answer.error = work.too_late() + " (" + answer.error + ")";
            break;
        }
    }
    flight.answer = std::move(answer);
}

// A prompt that means the same has its answer already. `vector` is the meaning of this one where it could be found out.
awaitable<bool> Enhancer::knows_like(Flight& flight, std::vector<float>& vector) {
    const EnhancementCacheConfig cache = config_.cache;
    if (!cache.semantic || cache.max_entries == 0)
        co_return false;
    flight.embedding_model = cache.embedding_model;
    // The better part of the time is for making the prompt better, which needs no meaning.
    const Deadline soon = Deadline::after(flight.work.rule.budget / 4).earlier(flight.deadline);
    auto meaning = co_await backend_->embed(cache.embedding_model, flight.work.prompt, soon);
    // What cannot be embedded can still be made better.
    if (!meaning || !normalise(*meaning))
        co_return false;
    vector = std::move(*meaning);
    if (flight.work.bypass_cache)
        co_return false;
    const TimePoint now = Clock::now();
    const std::string scope = meaning_scope(flight.work.scope, cache.embedding_model);
    const CachedPrompt* like = cache_.nearest(scope, vector, cache.similarity, now);
    if (like == nullptr)
        co_return false;
    flight.answer = answer_of(*like);
    // Found by its own key from now on, as long as the other is good. Without a vector: what is like it need not be
    // like the other.
    CachedPrompt same;
    same.key = flight.work.key;
    same.scope = scope;
    same.text = like->text;
    same.model = like->model;
    cache_.put_until(std::move(same), like->until, now);
    co_return true;
}

awaitable<result<std::string>> Enhancer::ask_model(const Flight& flight, std::string model) {
    const Work& work = flight.work;
    GenerateRequest request;
    request.model = std::move(model);
    request.system = work.rule.system_prompt;
    request.prompt = work.prompt;
    request.temperature = work.rule.temperature;
    request.max_tokens = work.rule.max_tokens;
    auto made = co_await backend_->generate(std::move(request), flight.deadline);
    if (!made)
        co_return made.error();
    const std::string_view prompt = prompt_in(*made);
    if (prompt.empty())
        co_return Error(errc::internal, "the model answered nothing that could be a prompt");
    co_return std::string(prompt);
}

void Enhancer::keep(const Flight& flight, std::string_view model, std::string text, std::vector<float> vector) {
    const Work& work = flight.work;
    const std::string scope = scope_of(work.client, work.rule, model);
    CachedPrompt prompt;
    prompt.key = key_of(scope, work.prompt);
    prompt.scope = meaning_scope(scope, flight.embedding_model);
    prompt.text = std::move(text);
    prompt.model = model;
    prompt.vector = std::move(vector);
    if (store_ != nullptr && prompt.text.size() <= PromptCache::kMaxTextBytes)
        store_->save(
            {prompt.key, prompt.scope, prompt.text, prompt.model, prompt.vector, unix_ms_now() + cache_.ttl().count()});
    cache_.put(std::move(prompt), Clock::now());
}

}  // namespace agenthub

// Serving prompt enhancement. Whatever becomes of Ollama, the reply is a prompt that can be used.
// Owned by the gateway.

#include "gateway/enhance_routes.hpp"

#include "base/redactor.hpp"
#include "enhance/prompt_rules.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/body_fault.hpp"

namespace agenthub {
namespace {

class ResponderListener final : public EnhanceListener {
public:
    explicit ResponderListener(const HttpResponder& responder) noexcept : responder_(responder) {}
    bool has_left() const noexcept override { return responder_.client_is_gone(); }

private:
    const HttpResponder& responder_;
};

HttpReply json_reply(const Document& document) {
    HttpReply reply;
    reply.body = document.dump(-1, ' ', false, Document::error_handler_t::replace);
    return reply;
}

Document text_or_null(const std::string& text) {
    return text.empty() ? Document() : Document(text);
}

}  // namespace

std::string rule_client_of(const HttpRequest& request, const EnhancementConfig& config) {
    const std::string_view name = request.header("X-Client-Name");
    const std::string_view id = request.header("X-Client-ID");
    return std::string(name.empty() && has_rule(config, id) ? id : name);
}

awaitable<HttpReply> EnhanceRoutes::serve(RouteId id, const HttpRequest& request, const HttpResponder& responder) {
    if (id == RouteId::enhance_stats)
        co_return stats();
    if (id == RouteId::enhance_reset)
        co_return reset();
    co_return co_await enhance(request, responder);
}

awaitable<HttpReply> EnhanceRoutes::enhance(const HttpRequest& request, const HttpResponder& responder) {
    BodyReader body(request.body);
    auto prompt = body.text("prompt", true);
    const auto bypass = body.truth("bypass_cache");
    if (!body.ok())
        co_return body.refusal();
    EnhanceQuestion question;
    question.client = rule_client_of(request, enhancer_.config());
    question.prompt = *prompt;
    question.bypass_cache = bypass.value_or(false);
    const ResponderListener listener(responder);
    const auto answer = co_await enhancer_.enhance(std::move(question), &listener);
    Document out;
    out["original"] = *prompt;
    out["enhanced"] = answer.text;
    out["model"] = text_or_null(answer.model);
    out["cached"] = answer.cached;
    out["was_enhanced"] = answer.text != *prompt;
    out["error"] = text_or_null(redacted(answer.error));
    co_return json_reply(out);
}

HttpReply EnhanceRoutes::stats() {
    const PromptCacheStats cache = enhancer_.cache_stats();
    Document out;
    out["cache"]["hits"] = cache.hits;
    out["cache"]["misses"] = cache.misses;
    out["cache"]["size"] = cache.size;
    out["cache"]["max_size"] = cache.max_size;
    out["cache"]["evictions"] = cache.evictions;
    out["circuit_breaker"] = breaker_document(backend_.breaker());
    out["ollama_healthy"] = backend_.healthy();
    return json_reply(out);
}

HttpReply EnhanceRoutes::reset() {
    enhancer_.clear_cache();
    backend_.reset_breaker();
    Document out;
    out["message"] = "Cache and circuit breaker reset";
    return json_reply(out);
}

}  // namespace agenthub

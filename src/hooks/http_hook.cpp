// HTTP endpoints as hooks.
// Owned by its entry of the registry.

#include "hooks/http_hook.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "hooks/hook_document.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kShown = 200;
constexpr Duration kShortestTimeout{1};

}  // namespace

HttpHook::HttpHook(Executor executor, const HookConfig& config) : config_(config) {
    auto url = parse_http_url(config.url);
    if (!url) {
        fault_ = Error(errc::invalid_config, "its address cannot be used: " + url.error().message);
        return;
    }
    if (!url->path.empty())
        target_ = std::exchange(url->path, {});
    HttpClientOptions options;
    options.connect_timeout = std::max(config.timeout, kShortestTimeout);
    options.read_timeout = options.connect_timeout;
    options.pool.max_connections = kMaxConnections;
    http_ = std::make_shared<HttpClient>(executor, std::move(*url), std::move(options));
}

HttpHook::~HttpHook() = default;

OutboundRequest HttpHook::request_for(const HookCall& call) const {
    OutboundRequest request;
    request.method = "POST";
    request.target = target_;
    request.fields.emplace_back("Content-Type", "application/json");
    request.fields.emplace_back("Accept", "application/json");
    if (!call.request_id.empty())
        request.fields.emplace_back("X-Request-ID", call.request_id);
    request.fields.emplace_back("X-AgentHub-Hook", config_.name);
    if (call.dry_run)
        request.fields.emplace_back("X-AgentHub-Dry-Run", "1");
    request.fields.insert(request.fields.end(), config_.headers.begin(), config_.headers.end());
    request.body = hook_document(call, config_.name);
    request.deadline = call.deadline;
    return request;
}

awaitable<result<HookVerdict>> HttpHook::decide(const HookCall& call) {
    if (http_ == nullptr)
        co_return fault_;
    const auto http = http_;
    auto request = request_for(call);
    auto response = co_await http->send(std::move(request));
    if (!response)
        co_return response.error();
    const unsigned status = response->status();
    auto body = co_await response->read_all(kMaxHookAnswer);
    if (!body)
        co_return body.error();
    if (status == 204)
        co_return HookVerdict();
    if (status != 200)
        co_return Error(errc::upstream_refused, "its endpoint answered with status " + std::to_string(status) +
                                                    (body->empty() ? "" : ": " + clip(*body, kShown)));
    co_return read_hook_answer(*body, call);
}

}  // namespace agenthub

// A hook that is an HTTP endpoint: the same document is posted to it, and its answer is read the same way.
// Owned by its entry of the registry; loop thread only.

#pragma once

#include <memory>

#include "bridge/http_client.hpp"
#include "hooks/hook.hpp"

namespace agenthub {

class HttpHook final : public SlowHook {
public:
    // So many requests at a time; further calls fail in it.
    static constexpr std::size_t kMaxConnections = 256;

    HttpHook(Executor executor, const HookConfig& config);
    ~HttpHook() override;

    // 200 brings a decision, 204 goes on; everything else is a failure. A cancelled request closes its connection.
    awaitable<result<HookVerdict>> decide(const HookCall& call) override;

private:
    OutboundRequest request_for(const HookCall& call) const;

    const HookConfig config_;
    std::string target_ = "/";
    Error fault_;                       // of the address
    std::shared_ptr<HttpClient> http_;  // null: there is a fault; also of the requests
};

}  // namespace agenthub

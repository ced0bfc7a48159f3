// Takes a changed configuration over while the daemon runs.
// Owned by the daemon; loop thread only.

#pragma once

#include <string>

#include "audit/service.hpp"
#include "base/off_loop.hpp"
#include "base/turns.hpp"
#include "daemon_setup.hpp"
#include "gateway/gateway.hpp"

namespace agenthub {

class Reloader final : public ConfigControl {
public:
    // `options` say where the configuration is, and win over it, as at the start. Supervisor, gateway and audit, which
    // is told of the secrets that are read, outlive it.
    Reloader(Executor executor, ServeOptions options, Config running, Supervisor& supervisor, Gateway& gateway,
             AuditService& audit);

    awaitable<ReloadResult> reload(std::string cause) override;
    awaitable<result<void>> install(NewServer server) override;
    awaitable<result<void>> remove(std::string name) override;

    // From now on every reload is refused: AgentHub is shutting down. One under way is cut short.
    void close() noexcept;

private:
    ReloadReport take_over(Config wanted, std::string_view cause);
    result<void> finish(result<Config> edited, std::string_view cause);

    ServeOptions options_;
    Config running_;  // what is in force
    Supervisor& supervisor_;
    Gateway& gateway_;
    AuditService& audit_;
    Turns turns_;
    OffLoop off_loop_;
    bool closed_ = false;
};

}  // namespace agenthub

// Takes a changed configuration over while the daemon runs.
// Owned by the daemon; loop thread only.

#pragma once

#include "daemon_setup.hpp"
#include "gateway/gateway.hpp"

namespace agenthub {

class Reloader final : public ConfigControl {
public:
    // `options` say where the configuration is, and win over it, as at the start. Supervisor and gateway outlive it.
    Reloader(ServeOptions options, Config running, Supervisor& supervisor, Gateway& gateway);

    // Blocks for the reading of one small file.
    ReloadResult reload(std::string_view cause) override;
    // Blocks until the disk has the new file: some milliseconds, for what an operator does now and then.
    result<void> install(const NewServer& server) override;
    result<void> remove(const std::string& name) override;

    // From now on every reload is refused: AgentHub is shutting down.
    void close() noexcept { closed_ = true; }

private:
    result<std::string> file_text() const;
    result<void> rewrite(const std::string& before, const std::string& after, std::string_view cause);
    void take_over(Config wanted, const ConfigDifference& difference);

    ServeOptions options_;
    Config running_;  // what is in force
    Supervisor& supervisor_;
    Gateway& gateway_;
    bool closed_ = false;
};

}  // namespace agenthub

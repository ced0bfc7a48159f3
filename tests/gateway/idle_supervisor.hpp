// A supervisor whose servers are configured and never started.
// Owned by the test.

#pragma once

#include <string>
#include <vector>

#include "supervisor/supervisor.hpp"

namespace agenthub {

struct IdleSupervisor final : SupervisorEvents {
    explicit IdleSupervisor(const std::vector<ServerConfig>& servers = {})
        : supervisor(loop.get_executor(), servers, {"/nonexistent", "", {}}, *this) {}

    void on_server_notification(ServerSlot&, std::string_view, mcp::Message) override {}
    void on_server_running(ServerSlot&, std::string_view, bool) override {}
    void on_lists_changed(ServerSlot&, const std::vector<std::string_view>&) override {}
    void on_catalogue_learned(ServerSlot&, const std::vector<std::string_view>&) override {}
    bool on_server_question(ServerSlot&, std::string_view, std::shared_ptr<Question>) override { return false; }
    bool is_relied_on(const ServerSlot&, std::string_view) const override { return false; }

    asio::io_context loop;
    Supervisor supervisor;
};

inline ServerConfig server_named(std::string name) {
    ServerConfig config;
    config.name = std::move(name);
    config.command = "true";
    config.package = "@example/" + config.name;
    config.description = "an example";
    return config;
}

}  // namespace agenthub

// The words for what is audited.
// Constants.

#pragma once

#include <string_view>

namespace agenthub::audit_action {

inline constexpr std::string_view server_start = "server.start";
inline constexpr std::string_view server_stop = "server.stop";
inline constexpr std::string_view server_restart = "server.restart";
inline constexpr std::string_view server_install = "server.install";
inline constexpr std::string_view server_remove = "server.remove";
inline constexpr std::string_view config_reload = "config.reload";
inline constexpr std::string_view breaker_reset = "breaker.reset";
inline constexpr std::string_view activity_clear = "activity.clear";
inline constexpr std::string_view activity_cleanup = "activity.cleanup";
inline constexpr std::string_view enhance_reset = "enhance.reset";
inline constexpr std::string_view cache_clear = "cache.clear";
inline constexpr std::string_view pipeline_run = "pipeline.run";
inline constexpr std::string_view auth_failure = "auth.failure";
inline constexpr std::string_view credential_access = "credential.access";
inline constexpr std::string_view integrity_failure = "integrity.failure";

// They write or take over the configuration.
constexpr bool is_config_change(std::string_view action) noexcept {
    return action == config_reload || action == server_install || action == server_remove;
}

}  // namespace agenthub::audit_action

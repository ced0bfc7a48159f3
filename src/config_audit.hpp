// What AgentHub itself does with the configuration, as the audit keeps it.
// Functions over AuditService; used by the daemon and its reloader.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/service.hpp"
#include "gateway/config_control.hpp"

namespace agenthub {

// The secrets that were read, by name, and why: one record each.
void note_credentials(AuditService& audit, const std::vector<std::string>& names, std::string_view cause);

// A reload that nobody asked for over HTTP, between its two records. When the first cannot be written nothing is done,
// and the log says so.
awaitable<void> audited_reload(AuditService& audit, ConfigControl& control, std::string cause);

}  // namespace agenthub

// The sections of the configuration file other than the servers.
// Pure functions; each borrows the root's reader.

#pragma once

#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/object_reader.hpp"

namespace agenthub {

// "listen", else HOST and PORT of the environment, else 127.0.0.1:9090. An address that other machines reach is a
// warning.
std::vector<ListenAddress> read_listen(ObjectReader& root, const Environment& environment, Findings& findings);

// "allowed_origins" and "allowed_hosts", in lower case as browsers send them.
void read_allowed(ObjectReader& root, Findings& findings, Config& config);

// "state_dir": an absolute path.
void read_state_dir(ObjectReader& root, Config& config);

// "cgroup": "auto", "off" or an absolute path.
void read_cgroup(ObjectReader& root, Config& config);

void read_limits(ObjectReader& root, Findings& findings, Limits& limits);
void read_activity(ObjectReader& root, Findings& findings, ActivityConfig& activity);
// "audit".
void read_audit(ObjectReader& root, Findings& findings, AuditConfig& audit);
void read_log(ObjectReader& root, Findings& findings, LogConfig& log);

}  // namespace agenthub

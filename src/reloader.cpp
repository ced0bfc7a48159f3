// Taking a changed configuration over.
// Owned by the daemon.

#include "reloader.hpp"

#include <utility>

#include "base/log.hpp"

namespace agenthub {
namespace {

void append(std::string& out, std::string_view what, const std::vector<std::string>& names) {
    if (names.empty())
        return;
    out += out.empty() ? "" : "; ";
    out += what;
    for (const auto& name : names)
        out.append(" ").append(name);
}

std::string summary(const ConfigDifference& difference) {
    std::string out;
    append(out, "added:", difference.added);
    append(out, "removed:", difference.removed);
    append(out, "changed:", difference.changed);
    append(out, "updated:", difference.updated);
    append(out, "applied:", difference.applied);
    append(out, "takes effect at the next start:", difference.next_start);
    return out.empty() ? "nothing has changed" : out;
}

}  // namespace

Reloader::Reloader(ServeOptions options, Config running, Supervisor& supervisor, Gateway& gateway)
    : options_(std::move(options)), running_(std::move(running)), supervisor_(supervisor), gateway_(gateway) {}

ReloadResult Reloader::reload(std::string_view cause) {
    if (closed_)
        return ConfigFaults{{}, {{"", "AgentHub is shutting down; start it again to use the new configuration"}}};
    auto wanted = configure(options_);
    if (wanted.has_error()) {
        const ConfigFaults faults = wanted.error();
        log().error("reload by {}: nothing has changed, {}", cause, faults.text());
        return faults;
    }
    ReloadReport report{wanted->source_path, difference(running_, *wanted), wanted->warnings};
    log_warnings(*wanted);
    take_over(std::move(*wanted), report.difference);
    log().info("reload by {}: {}", cause, summary(report.difference));
    return report;
}

void Reloader::take_over(Config wanted, const ConfigDifference& difference) {
    running_ = in_force_after(running_, std::move(wanted));
    log().set_level(log_level(running_.log));
    supervisor_.apply(running_.servers, running_.limits.drain_timeout);
    gateway_.reconfigure(running_, difference.removed);
}

}  // namespace agenthub

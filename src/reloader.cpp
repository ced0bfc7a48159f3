// Taking a changed configuration over.
// Owned by the daemon.

#include "reloader.hpp"

#include <utility>

#include "base/durable_file.hpp"
#include "base/log.hpp"
#include "config/load.hpp"

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
        ConfigFaults faults = wanted.error();
        log().error("reload by {}: nothing has changed, {}", cause, faults.text());
        return faults;
    }
    ReloadReport report{wanted->source_path, difference(running_, *wanted), wanted->warnings};
    log_warnings(*wanted);
    take_over(std::move(*wanted), report.difference);
    log().info("reload by {}: {}", cause, summary(report.difference));
    return report;
}

result<void> Reloader::install(const NewServer& server) {
    if (supervisor_.find(server.name) != nullptr)
        return Error(errc::invalid_request, "Server " + server.name + " already exists");
    const auto before = file_text();
    if (!before)
        return before.error();
    const auto after = with_server(*before, server);
    if (!after)
        return after.error();
    const auto wanted = parse_config(*after, process_environment());
    if (wanted.has_error())
        return Error(errc::invalid_config, wanted.error().text());
    for (const auto& other : wanted->servers)
        if (other.name == server.name && !other.disabled_reason.empty())
            return Error(errc::invalid_params, "it could not run: " + other.disabled_reason);
    return rewrite(*before, *after, "POST /servers/install");
}

result<void> Reloader::remove(const std::string& name) {
    const ServerSlot* slot = supervisor_.find(name);
    if (slot == nullptr)
        return Error(errc::server_unknown, "Server " + name + " not found");
    const ServerState state = slot->status().state;
    if (state != ServerState::stopped && state != ServerState::failed)
        return Error(errc::invalid_request, "Server " + name + " is running; stop it first");
    const auto before = file_text();
    if (!before)
        return before.error();
    const auto after = without_server(*before, name);
    if (!after)
        return after.error();
    const auto wanted = parse_config(*after, process_environment());
    if (wanted.has_error())
        return Error(errc::invalid_config, wanted.error().text());
    return rewrite(*before, *after, "DELETE /servers/" + name);
}

result<std::string> Reloader::file_text() const {
    const std::string& file = running_.source_path;
    if (closed_)
        return Error(errc::io_error, "AgentHub is shutting down");
    if (file.empty())
        return Error(
            errc::io_error,
            "AgentHub runs without a configuration file, so there is nowhere to write to; make one, with {} in "
            "it, where `agenthub serve --help` says, and run `agenthub reload`");
    auto text = process_environment().read_file(file, kMaxConfigBytes);
    if (!text)
        return Error(errc::io_error, file + " " + text.error().message);
    if (!text->has_value())
        return Error(errc::io_error, file + " does not exist any more");
    return std::move(**text);
}

result<void> Reloader::rewrite(const std::string& before, const std::string& after, std::string_view cause) {
    const std::string& file = running_.source_path;
    if (has_comments(before))
        if (auto kept = replace_file(file + ".bak", before); !kept)
            return kept;
    if (auto replaced = replace_file(file, after); !replaced)
        return replaced;
    const auto taken = reload(cause);
    if (taken.has_error())
        return Error(errc::invalid_config, taken.error().text());
    return {};
}

void Reloader::take_over(Config wanted, const ConfigDifference& difference) {
    running_ = in_force_after(running_, std::move(wanted));
    log().set_level(log_level(running_.log));
    supervisor_.apply(running_.servers, running_.limits.drain_timeout);
    gateway_.reconfigure(running_, difference.removed);
}

}  // namespace agenthub

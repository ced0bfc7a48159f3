// Taking a changed configuration over.
// Owned by the daemon.

#include "reloader.hpp"

#include <exception>
#include <utility>

#include "base/log.hpp"
#include "base/redactor.hpp"
#include "config_audit.hpp"
#include "config_edits.hpp"

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

// Whoever asks again and again must not end with one failure: no memory, for example.
ConfigResult configure_anew(const ServeOptions& options) {
    try {
        return configure(options);
    } catch (const std::exception& failure) {
        return ConfigFaults{{}, {{"", std::string("it could not be read: ") + failure.what() + "; try again"}}};
    }
}

}  // namespace

Reloader::Reloader(Executor executor, ServeOptions options, Config running, Supervisor& supervisor, Gateway& gateway,
                   AuditService& audit)
    : options_(std::move(options)),
      running_(std::move(running)),
      supervisor_(supervisor),
      gateway_(gateway),
      audit_(audit),
      turns_(executor),
      off_loop_(executor) {}

awaitable<ReloadResult> Reloader::reload(std::string cause) {
    const auto turn = co_await turns_.take();
    auto work = [options = options_] { return configure_anew(options); };
    auto wanted = co_await off_loop_.run(std::move(work));
    if (closed_)
        co_return ConfigFaults{{}, {{"", "AgentHub is shutting down; start it again to use the new configuration"}}};
    if (wanted.has_error()) {
        ConfigFaults faults = wanted.error();
        log().error("reload by {}: nothing has changed, {}", cause, faults.text());
        co_return faults;
    }
    co_return take_over(std::move(*wanted), cause);
}

awaitable<result<void>> Reloader::install(NewServer server) {
    const auto turn = co_await turns_.take();
    if (supervisor_.find(server.name) != nullptr)
        co_return Error(errc::invalid_request, "Server " + server.name + " already exists");
    auto work = [options = options_, config = running_, server] { return add_to_files(options, config, server); };
    auto edited = co_await off_loop_.run(std::move(work));
    co_return finish(std::move(edited), "POST /servers/install");
}

awaitable<result<void>> Reloader::remove(std::string name) {
    const auto turn = co_await turns_.take();
    const ServerSlot* slot = supervisor_.find(name);
    if (slot == nullptr)
        co_return Error(errc::server_unknown, "Server " + name + " not found");
    const ServerState state = slot->status().state;
    if (state != ServerState::stopped && state != ServerState::failed)
        co_return Error(errc::invalid_request, "Server " + name + " is running; stop it first");
    auto work = [options = options_, config = running_, name] { return remove_from_files(options, config, name); };
    auto edited = co_await off_loop_.run(std::move(work));
    co_return finish(std::move(edited), "DELETE /servers/" + name);
}

result<void> Reloader::finish(result<Config> edited, std::string_view cause) {
    if (!edited)
        return edited.error();
    if (closed_)
        return Error(errc::io_error,
                     "AgentHub is shutting down; the file is changed, and holds from the next start on");
    take_over(std::move(*edited), cause);
    return {};
}

void Reloader::close() noexcept {
    closed_ = true;
    stop_commands();
}

ReloadReport Reloader::take_over(Config wanted, std::string_view cause) {
    ReloadReport report{wanted.source_path, difference(running_, wanted), wanted.warnings};
    hide_secrets(wanted.secrets);
    note_credentials(audit_, wanted.credentials, cause);
    log_warnings(wanted);
    running_ = in_force_after(running_, std::move(wanted));
    log().set_level(log_level(running_.log));
    supervisor_.apply(running_.servers, running_.limits.drain_timeout);
    gateway_.reconfigure(running_, report.difference.removed);
    log().info("reload by {}: {}", cause, summary(report.difference));
    return report;
}

}  // namespace agenthub

// Verifying the audit beside no daemon.
// No state.

#include "cli/audit_offline.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <optional>

#include "audit/store.hpp"
#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

constexpr int kStepRows = 10'000;

result<Verification> verified(AuditStore& store, const std::optional<ChainPoint>& anchor) {
    AuditStore::Walk walk;
    auto over = store.begin_walk(walk);
    while (over && !*over)
        over = store.step_walk(walk, kStepRows);
    if (!over)
        return over.error();
    auto found = store.end_walk(walk);
    if (!found || !found->valid() || !anchor)
        return found;
    auto compared = store.compare(*anchor);
    if (!compared)
        return compared.error();
    if (compared->fault != ChainFault::none)
        found->finding = std::move(*compared);
    return found;
}

}  // namespace

result<nlohmann::ordered_json> verify_offline(const std::string& directory, const std::string& anchor) {
    std::optional<ChainPoint> point;
    if (!anchor.empty()) {
        auto read = read_chain_point(anchor);
        if (!read)
            return Error(errc::invalid_params, "--anchor: " + read.error().message);
        point = std::move(*read);
    }
    if (!std::filesystem::exists(AuditStore::database_of(directory)))
        return Error(errc::io_error,
                     "there is no audit.db in " + directory + ": name the state directory of an AgentHub that has run");
    // Held while it is read, so that no daemon begins to write meanwhile.
    const std::string lock_file = directory + "/agenthub.lock";
    const UniqueFd lock(::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC));
    if (lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0)
        return Error(errc::busy,
                     "an AgentHub uses " + directory + ": stop it, or ask it, with --url instead of --state-dir");
    auto store = AuditStore::open(directory, AuditStore::Mode::read);
    if (!store)
        return store.error();
    const auto found = verified(**store, point);
    if (!found)
        return found.error();
    std::string text;
    append_json(text, *found);
    return nlohmann::ordered_json::parse(text);
}

}  // namespace agenthub

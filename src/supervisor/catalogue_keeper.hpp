// Keeps the catalogue of one server: from its file at first, from the server itself whenever it runs.
// Owned by the slot; loop thread only.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/upstream.hpp"
#include "supervisor/catalogue.hpp"
#include "supervisor/catalogue_store.hpp"

namespace agenthub {

class CatalogueKeeper {
public:
    // `fingerprint`: of the configuration, see process_fingerprint(). `store` outlives it.
    CatalogueKeeper(CatalogueStore& store, std::string server, std::string fingerprint);

    // Null as long as the server never ran with this configuration.
    const Catalogue* known() const noexcept { return known_ ? &*known_ : nullptr; }
    // Asked of the server since the daemon or this configuration began.
    bool is_fresh() const noexcept { return fresh_; }

    // The server runs with another configuration from now on.
    void begin(std::string fingerprint);

    // The handshake is done: until the lists are learned, this much is known of a server that was not known at all.
    void introduce(const ServerInfo& info);
    // The server asks its clients something.
    void note_asks();
    // Asks a running server for its lists. Returns which of them differ from what was known before, as notifications
    // that the server itself would send (each once); none when nothing was known, or the server ended. `limit`: for
    // each list.
    awaitable<std::vector<std::string_view>> learn(std::shared_ptr<Upstream> server, Duration limit);

private:
    awaitable<result<std::string>> ask(Upstream& server, const ListKind& kind, const std::string& before,
                                       Deadline deadline);
    std::vector<std::string_view> take(Catalogue next);

    CatalogueStore& store_;
    std::string server_;
    std::string fingerprint_;
    std::optional<Catalogue> known_;
    bool fresh_ = false;
    std::uint32_t round_ = 0;  // counts the configurations
};

}  // namespace agenthub

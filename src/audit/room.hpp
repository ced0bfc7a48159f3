// The store on the audit's own thread: opened when it is needed, given up when it must be opened anew.
// Owned by AuditService, used on its thread alone.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "audit/store.hpp"

namespace agenthub {

class AuditRoom {
public:
    explicit AuditRoom(std::filesystem::path directory) : directory_(std::move(directory)) {}

    struct Written {
        result<void> done;
        std::optional<ChainFinding> finding;
        std::int64_t last_row = 0;
    };
    // Opens the store, if need be, and writes the records; there may be none. A database that is found to be damaged,
    // then or while it is written to, is set aside, and a new one goes on with the numbers.
    Written write(const std::vector<AuditRecord>& records);

    // What `use` makes of the open store, or why it cannot be opened.
    template <class Use>
    auto with_store(Use use) -> decltype(use(std::declval<AuditStore&>())) {
        if (auto opened = open(); !opened)
            return opened.error();
        return use(*store_);
    }

private:
    result<void> open();
    Written attempt(const std::vector<AuditRecord>& records);

    std::filesystem::path directory_;
    std::unique_ptr<AuditStore> store_;
};

}  // namespace agenthub

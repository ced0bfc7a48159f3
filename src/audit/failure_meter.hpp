// Counts refused requests by address, so that a flood of them becomes few records.
// Pure: time is passed in. Owned by AuditService.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/async.hpp"

namespace agenthub {

class FailureMeter {
public:
    // Addresses that are told apart at a time. Those beyond are counted together, as kOthers.
    static constexpr std::size_t kAddresses = 256;
    static constexpr Duration kMinute{60'000};
    static constexpr const char* kOthers = "(many addresses)";

    struct Repeated {
        std::string address;
        std::int64_t more = 0;  // after the first
    };

    // Counts one; `address` becomes kOthers when there are too many. True: the first of its minute, to be told at once.
    bool count(std::string& address, TimePoint now);
    // The addresses whose minute is over and that had more than the one that was told.
    std::vector<Repeated> take(TimePoint now);

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        TimePoint since;
        std::int64_t more = 0;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace agenthub

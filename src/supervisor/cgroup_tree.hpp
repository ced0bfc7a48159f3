// The control groups below which servers run: one leaf for each process, limited by the controllers there are.
// Made by app at the start, owned by the supervisor. Loop thread only.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "config/server_limits.hpp"

namespace agenthub {

// One configured limit, and what became of it.
struct LimitInForce {
    std::string name;  // as the configuration's key
    std::uint64_t value = 0;
    std::string why_not;  // empty: it is in force
    bool operator==(const LimitInForce&) const = default;
};

class CgroupTree {
public:
    // No groups, because they are switched off.
    CgroupTree();

    // `setting` is that of the configuration: "auto" (the daemon's own group, if it was delegated), "off", or the path
    // of a group, which is made if need be. What an earlier daemon left there is ended and removed. In its own group
    // the daemon moves itself into a leaf, because a group that has controllers may not hold processes. Blocks for some
    // small files. Does not fail: see why_not().
    static CgroupTree open(const std::string& setting);

    // Where the leaves are made; empty: nowhere.
    const std::string& directory() const noexcept { return directory_; }
    // Why nowhere; a clause fit to follow "because". Empty when there is a directory.
    const std::string& why_not() const noexcept { return why_not_; }
    // "memory", "pids", "cpu": empty when leaves have this controller, else a clause as above.
    std::string why_no_controller(std::string_view name) const;

    // A new, empty group. Who gets it removes it. errc::unsupported: see why_not(). errc::io_error.
    result<std::string> make_leaf(const std::string& server);
    // Writes the limits into a leaf, one entry for each that is set; none is in force without a leaf (empty).
    std::vector<LimitInForce> limit(const std::string& leaf, const CgroupLimits& limits) const;

private:
    struct Controller {
        std::string_view name;
        std::string why_not;
    };

    result<void> take(const std::string& directory, bool own);
    void end_leftovers();
    void enable_controllers();

    std::string directory_;
    std::string why_not_;
    std::array<Controller, 3> controllers_{{{"memory", {}}, {"pids", {}}, {"cpu", {}}}};
    UniqueFd lock_;           // of the directory: one daemon at a time, so what is found there is nobody else's
    std::uint64_t next_ = 1;  // higher than any number found, so that no guard of an earlier daemon knows the name
};

}  // namespace agenthub

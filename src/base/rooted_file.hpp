// Writes files below directories that an operator has allowed, and nowhere else, whatever the path and the directories
// are made of. A function.

#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

// Whether a file that is being written takes its place: decided once, by the writer that is about to put it there or by
// whoever does not want it any more. Shared by two threads.
class CommitPoint {
public:
    // True for the one of these two that came first, each called once.
    bool commit() noexcept { return decide(kCommitted); }
    bool give_up() noexcept { return decide(kGivenUp); }
    bool is_given_up() const noexcept { return state_ == kGivenUp; }

private:
    static constexpr int kOpen = 0, kCommitted = 1, kGivenUp = 2;

    bool decide(int state) noexcept {
        int expected = kOpen;
        return state_.compare_exchange_strong(expected, state);
    }
    std::atomic<int> state_ = kOpen;
};

// Replaces the file `path`, or makes it and the directories on its way, so that whoever looks, also after a crash at
// any instant, finds the old content or the new one. Blocks until the disk has it. A relative path is below the first
// root, an absolute one must be below one of them. Neither ".." nor a symbolic link may stand in it: the way is taken
// directory by directory, each opened in the one before, so that nothing can be put under it meanwhile. Where it was
// written to, as an absolute path. Errors: errc::forbidden for a path that is not allowed, errc::io_error;
// errc::cancelled when `point` was given up before the file was in its place: there is nothing of it then.
result<std::string> write_below(const std::vector<std::string>& roots, const std::string& path,
                                std::string_view content, CommitPoint& point);
result<std::string> write_below(const std::vector<std::string>& roots, const std::string& path,
                                std::string_view content);

}  // namespace agenthub

// Runs programs for hooks: a text in, a text out, within a limit of time, and nothing of them is left afterwards.
// Owned by the gateway; loop thread only.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/task_group.hpp"
#include "supervisor/guard_reaper.hpp"
#include "supervisor/place_queue.hpp"

namespace agenthub {

struct CommandJob {
    std::vector<std::string> argv;                         // program and arguments, no shell
    std::vector<std::pair<std::string, std::string>> env;  // all of it
    std::string input;                                     // for its standard input
    std::size_t max_output = 1048576;                      // of its standard output
};

struct CommandEnd {
    std::string status;          // "exited with code 1"
    bool succeeded = false;      // with code 0
    std::string output, errors;  // standard output; the end of standard error
};

class CommandRunner {
public:
    // So many may wait for a place; further ones are refused.
    static constexpr std::size_t kMaxWaiting = 1024;
    static constexpr std::size_t kErrorBytes = 4096;

    // At most `most` programs at a time. `reaper` outlives it.
    CommandRunner(GuardReaper& reaper, std::size_t most);
    ~CommandRunner();  // stop() and join() first

    // Waits for a place, runs the program below a guard of its own, and returns when it has ended and its output is
    // read. Cancelled, or when the output is too long, all that it has started is killed. Errors: errc::busy without a
    // place, errc::start_failed, errc::too_large, errc::cancelled after stop(), errc::io_error.
    awaitable<result<CommandEnd>> run(CommandJob job, Deadline deadline);

    // Kills what runs and starts nothing any more.
    void stop();
    // Returns when nothing is left, not even a process that is still being reaped.
    awaitable<void> join() { return tasks_.join(); }

    std::size_t running() const noexcept { return running_; }

private:
    struct Run;
    class Leave;
    class Place;

    awaitable<result<void>> take_place(Deadline deadline);
    void give_place_back();
    bool has_place() const noexcept { return running_ < most_; }
    awaitable<result<std::shared_ptr<Run>>> start(const CommandJob& job, Deadline deadline);
    awaitable<void> write_input(std::shared_ptr<Run> run);
    awaitable<void> read_output(std::shared_ptr<Run> run);
    awaitable<void> read_errors(std::shared_ptr<Run> run);
    awaitable<void> watch(std::shared_ptr<Run> run);

    GuardReaper& reaper_;
    const std::size_t most_;
    std::size_t running_ = 0;
    bool stopped_ = false;
    std::string guard_path_;  // empty until it is needed
    PlaceQueue queue_;
    std::vector<Run*> runs_;
    TaskGroup tasks_;
};

}  // namespace agenthub

// The cache of better prompts on the disk, so that the next start begins with it: a SQLite file and the thread that
// writes to it.
// Owned by the enhancer. It is a cache: what cannot be kept is lost, and said once.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

struct StoredPrompt {
    std::string key, scope, text, model;
    std::vector<float> vector;
    std::int64_t until_ms = 0;  // since the epoch
};

class PromptStore {
public:
    // Writes that may wait for the disk; beyond, the newest is lost.
    static constexpr std::size_t kMaxWaiting = 1024;

    // Opens or makes the file, a damaged one anew. At most `max_entries` prompts stay in it. Blocks: at the start only.
    // errc::database_error: it cannot be used.
    static result<std::unique_ptr<PromptStore>> open(std::string path, std::size_t max_entries);
    // Writes what waits, for two seconds at most, and one more when another process holds the file.
    ~PromptStore();
    PromptStore(const PromptStore&) = delete;
    PromptStore& operator=(const PromptStore&) = delete;

    // What was in the file when it was opened and is not over, the oldest first. Once.
    std::vector<StoredPrompt> take_found() { return std::move(found_); }

    // Loop thread; never wait.
    void save(StoredPrompt prompt) { hand_over(std::move(prompt)); }
    void clear() { hand_over(Clear()); }

    // True when everything handed over before is written; blocks.
    bool flush(Deadline deadline);
    // Writes that the thread has not yet taken.
    std::size_t waiting();

private:
    struct Clear {};
    using Write = std::variant<StoredPrompt, Clear>;
    struct Database;

    PromptStore(std::unique_ptr<Database> database, std::vector<StoredPrompt> found);
    void hand_over(Write write);
    void run() noexcept;
    void write_all(std::deque<Write>& writes) noexcept;

    std::unique_ptr<Database> database_;  // the thread's, once that runs
    std::vector<StoredPrompt> found_;
    bool failed_ = false;  // the thread's

    std::mutex mutex_;  // of what follows; nothing slow happens under it
    std::condition_variable changed_;
    std::deque<Write> waiting_;
    bool writing_ = false;
    bool stopping_ = false;
    bool lost_ = false;  // a write found no place, and that was said

    std::thread thread_;
};

}  // namespace agenthub

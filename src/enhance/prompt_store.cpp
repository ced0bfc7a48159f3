// Reading better prompts at the start, and writing them on a thread of their own.
// Owned by the enhancer.

#include "enhance/prompt_store.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstring>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

constexpr Duration kStopLimit{2'000};
constexpr int kBusyLimit = 1'000;  // milliseconds that another process may hold the file

// The number of the schema; a file of another one is a cache that nobody can read, and is made anew.
constexpr int kVersion = 1;
constexpr const char* kSchema = R"sql(
CREATE TABLE prompt (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, text TEXT NOT NULL,
    model TEXT NOT NULL, until_ms INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX prompt_until ON prompt (until_ms);
)sql";

// SQLite gives its journal the mode of the file.
void make_private(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

void remove_files(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        ::unlink((path + suffix).c_str());
}

}  // namespace

struct PromptStore::Database {
    Database(const std::string& path, std::size_t max)
        : max_entries(max), db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX) {
        db.setBusyTimeout(kBusyLimit);
        db.exec("PRAGMA journal_mode = WAL");
        db.exec("PRAGMA synchronous = OFF");  // a lost cache is made again
        db.exec("PRAGMA cache_size = -1000");
        const int version = db.execAndGet("PRAGMA user_version").getInt();
        if (version == 0) {
            SQLite::Transaction all(db);
            db.exec(kSchema);
            db.exec("PRAGMA user_version = " + std::to_string(kVersion));
            all.commit();
        } else if (version != kVersion) {
            throw SQLite::Exception("another version", SQLITE_NOTADB);
        }
    }

    std::vector<StoredPrompt> read() {
        std::vector<StoredPrompt> all;
        SQLite::Statement rows(db,
                               "SELECT key, scope, text, model, until_ms, vector FROM (SELECT * FROM prompt"
                               " WHERE until_ms > ? ORDER BY number DESC LIMIT ?) ORDER BY number");
        rows.bind(1, unix_ms_now());
        rows.bind(2, static_cast<std::int64_t>(max_entries));
        while (rows.executeStep()) {
            StoredPrompt one;
            one.key = rows.getColumn(0).getString();
            one.scope = rows.getColumn(1).getString();
            one.text = rows.getColumn(2).getString();
            one.model = rows.getColumn(3).getString();
            one.until_ms = rows.getColumn(4).getInt64();
            const SQLite::Column vector = rows.getColumn(5);
            one.vector.resize(static_cast<std::size_t>(vector.getBytes()) / sizeof(float));
            if (!one.vector.empty())
                std::memcpy(one.vector.data(), vector.getBlob(), one.vector.size() * sizeof(float));
            all.push_back(std::move(one));
        }
        return all;
    }

    void write(const StoredPrompt& prompt) {
        SQLite::Statement row(db,
                              "INSERT OR REPLACE INTO prompt (key, scope, text, model, until_ms, vector)"
                              " VALUES (?,?,?,?,?,?)");
        row.bind(1, prompt.key);
        row.bind(2, prompt.scope);
        row.bind(3, prompt.text);
        row.bind(4, prompt.model);
        row.bind(5, prompt.until_ms);
        const void* numbers = prompt.vector.data();  // null would be SQL's
        row.bind(6, prompt.vector.empty() ? "" : numbers, static_cast<int>(prompt.vector.size() * sizeof(float)));
        row.exec();
    }

    // What is over goes, and what is too much, the oldest first.
    void tidy() {
        SQLite::Statement over(db, "DELETE FROM prompt WHERE until_ms <= ?");
        over.bind(1, unix_ms_now());
        over.exec();
        SQLite::Statement much(db,
                               "DELETE FROM prompt WHERE number <= (SELECT number FROM prompt ORDER BY number DESC"
                               " LIMIT 1 OFFSET ?)");
        much.bind(1, static_cast<std::int64_t>(max_entries));
        much.exec();
    }

    std::size_t max_entries;
    SQLite::Database db;
};

result<std::unique_ptr<PromptStore>> PromptStore::open(std::string path, std::size_t max_entries) {
    make_private(path);
    for (int attempt = 0;; ++attempt) {
        try {
            auto database = std::make_unique<Database>(path, max_entries);
            auto found = database->read();
            return std::unique_ptr<PromptStore>(new PromptStore(std::move(database), std::move(found)));
        } catch (const SQLite::Exception& e) {
            const bool damaged = e.getErrorCode() == SQLITE_NOTADB || e.getErrorCode() == SQLITE_CORRUPT;
            if (!damaged || attempt > 0)
                return Error(errc::database_error, path + " cannot be used: " + e.what());
            log().warn("{} is damaged, or of another version of AgentHub: the cache of prompts begins anew", path);
            remove_files(path);
            make_private(path);
        }
    }
}

PromptStore::PromptStore(std::unique_ptr<Database> database, std::vector<StoredPrompt> found)
    : database_(std::move(database)), found_(std::move(found)) {
    // Signals are the loop's business: the thread inherits a mask that blocks them all.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

PromptStore::~PromptStore() {
    flush(Deadline::after(kStopLimit));
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
    }
    changed_.notify_all();
    thread_.join();
}

void PromptStore::hand_over(Write write) {
    const std::lock_guard lock(mutex_);
    if (std::holds_alternative<Clear>(write))
        waiting_.clear();
    if (waiting_.size() >= kMaxWaiting) {
        if (!std::exchange(lost_, true))
            log().warn("the disk is too slow for the cache of prompts: some are not kept for the next start");
        return;
    }
    waiting_.push_back(std::move(write));
    changed_.notify_all();
}

bool PromptStore::flush(Deadline deadline) {
    std::unique_lock lock(mutex_);
    const auto written = [this] { return waiting_.empty() && !writing_; };
    if (!deadline.is_never())
        return changed_.wait_until(lock, deadline.at(), written);
    changed_.wait(lock, written);
    return true;
}

std::size_t PromptStore::waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void PromptStore::run() noexcept {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_)
            return;
        std::deque<Write> writes;
        writes.swap(waiting_);
        writing_ = true;
        lock.unlock();
        write_all(writes);
        lock.lock();
        writing_ = false;
        changed_.notify_all();
    }
}

void PromptStore::write_all(std::deque<Write>& writes) noexcept {
    try {
        SQLite::Transaction all(database_->db);
        for (const Write& write : writes) {
            if (const auto* prompt = std::get_if<StoredPrompt>(&write))
                database_->write(*prompt);
            else
                database_->db.exec("DELETE FROM prompt");
        }
        database_->tidy();
        all.commit();
        failed_ = false;
    } catch (const std::exception& e) {
        if (!std::exchange(failed_, true))
            log().warn("better prompts cannot be kept for the next start: {}", e.what());
    }
}

}  // namespace agenthub

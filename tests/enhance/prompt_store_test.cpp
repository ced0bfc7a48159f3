#include "enhance/prompt_store.hpp"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

constexpr Duration kHour{3'600'000};

StoredPrompt prompt(const std::string& key, std::int64_t until_ms = unix_ms_now() + kHour.count()) {
    StoredPrompt p;
    p.key = key;
    p.scope = "scope";
    p.text = "text of " + key;
    p.model = "model";
    p.until_ms = until_ms;
    return p;
}

struct PromptStoreTest : testing::Test {
    test::TempDir dir;
    std::string path = (dir.path() / "enhancement.db").string();

    std::unique_ptr<PromptStore> open(std::size_t max_entries = 10) {
        auto store = PromptStore::open(path, max_entries);
        EXPECT_TRUE(store.has_value()) << store.error().message;
        return store.has_value() ? std::move(*store) : nullptr;
    }
    std::vector<std::string> keys(std::size_t max_entries = 10) {
        std::vector<std::string> keys;
        for (const auto& found : open(max_entries)->take_found())
            keys.push_back(found.key);
        return keys;
    }
};

using Keys = std::vector<std::string>;

TEST_F(PromptStoreTest, what_is_saved_is_found_at_the_next_start) {
    auto saved = prompt("a");
    saved.text = "a text with \"quotes\", a\nline and ü";
    saved.vector = {0.5F, -0.25F, 1e-20F};
    {
        const auto store = open();
        EXPECT_TRUE(store->take_found().empty());
        store->save(saved);
        store->save(prompt("b"));
    }
    const auto found = open()->take_found();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].key, "a");
    EXPECT_EQ(found[0].scope, "scope");
    EXPECT_EQ(found[0].text, saved.text);
    EXPECT_EQ(found[0].model, "model");
    EXPECT_EQ(found[0].vector, saved.vector);
    EXPECT_EQ(found[0].until_ms, saved.until_ms);
    EXPECT_TRUE(found[1].vector.empty());
}

TEST_F(PromptStoreTest, the_newest_of_a_key_stays) {
    auto other = prompt("a");
    other.text = "other";
    {
        const auto store = open();
        store->save(prompt("a"));
        store->save(other);
    }
    const auto found = open()->take_found();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].text, "other");
}

TEST_F(PromptStoreTest, holds_its_limit_and_loses_the_oldest_beyond) {
    {
        const auto store = open(3);
        for (const char* key : {"a", "b", "c"})
            store->save(prompt(key));
        EXPECT_TRUE(store->flush(Deadline::after(std::chrono::seconds(10))));
    }
    EXPECT_EQ(keys(3), Keys({"a", "b", "c"}));
    {
        const auto store = open(3);
        store->save(prompt("d"));
    }
    EXPECT_EQ(keys(3), Keys({"b", "c", "d"}));
    EXPECT_EQ(keys(2), Keys({"c", "d"}));
}

TEST_F(PromptStoreTest, what_is_over_is_not_found_and_goes) {
    {
        const auto store = open();
        store->save(prompt("over", unix_ms_now()));
        store->save(prompt("good"));
    }
    EXPECT_EQ(keys(), Keys({"good"}));
    EXPECT_EQ(SQLite::Database(path, SQLite::OPEN_READWRITE).execAndGet("SELECT count(*) FROM prompt").getInt(), 1);
}

TEST_F(PromptStoreTest, clear_forgets_what_was_saved_before_it) {
    {
        const auto store = open();
        store->save(prompt("a"));
        store->flush(Deadline::after(std::chrono::seconds(10)));
        store->save(prompt("b"));
        store->clear();
        store->save(prompt("c"));
    }
    EXPECT_EQ(keys(), Keys({"c"}));
}

TEST_F(PromptStoreTest, a_damaged_file_is_begun_anew) {
    std::ofstream(path) << "this has never been a database, but it is long enough to be looked at as one";
    EXPECT_EQ(keys(), Keys());
    open()->save(prompt("a"));
    EXPECT_EQ(keys(), Keys({"a"}));
}

TEST_F(PromptStoreTest, a_file_of_another_version_is_begun_anew) {
    open()->save(prompt("a"));
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
    EXPECT_EQ(keys(), Keys());
}

TEST_F(PromptStoreTest, a_place_that_cannot_be_written_to_is_an_error) {
    const auto store = PromptStore::open((dir.path() / "no" / "such" / "place").string(), 10);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, errc::database_error);
    EXPECT_NE(store.error().message.find("/no/such/place"), std::string::npos);
}

TEST_F(PromptStoreTest, nobody_else_may_read_it) {
    open();
    struct stat file{};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

// Another connection holds the file: what the thread has taken waits there, and behind it as many as the limit says.
TEST_F(PromptStoreTest, a_disk_that_does_not_answer_bounds_what_waits) {
    {
        const auto store = open(4096);
        SQLite::Database other(path, SQLite::OPEN_READWRITE);
        other.exec("BEGIN IMMEDIATE");
        store->save(prompt("first"));
        while (store->waiting() != 0)
            std::this_thread::yield();
        for (std::size_t i = 0; i < PromptStore::kMaxWaiting; ++i)
            store->save(prompt(std::to_string(i)));
        EXPECT_EQ(store->waiting(), PromptStore::kMaxWaiting);
        store->save(prompt("one more"));
        EXPECT_EQ(store->waiting(), PromptStore::kMaxWaiting);
        other.exec("ROLLBACK");
        EXPECT_TRUE(store->flush(Deadline::after(std::chrono::seconds(20))));
    }
    const auto found = keys(4096);
    EXPECT_EQ(found.size(), PromptStore::kMaxWaiting + 1);
    EXPECT_EQ(found.front(), "first");
    EXPECT_EQ(found.back(), std::to_string(PromptStore::kMaxWaiting - 1));
}

// The daemon waits for it when it ends.
TEST_F(PromptStoreTest, ends_in_time_while_another_process_holds_the_file) {
    auto store = open();
    SQLite::Database other(path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    store->save(prompt("a"));
    const auto began = std::chrono::steady_clock::now();
    store.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(3500));
    other.exec("ROLLBACK");
}

}  // namespace
}  // namespace agenthub

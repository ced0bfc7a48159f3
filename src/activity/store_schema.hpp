// The schema of the activity database and its versions; creating, checking and migrating the file.
// Included by the rooms of the store alone.

#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>

namespace agenthub {

// The schema this program writes, in PRAGMA user_version.
inline constexpr int kSchemaVersion = 4;
// "AgHb", in PRAGMA application_id: tells our file from any other SQLite database.
inline constexpr int kApplicationId = 0x41674862;

// Creates the empty file, readable by its owner alone (SQLite gives the WAL the same mode). An existing file is left
// alone. Throws SQLite::Exception with the system's reason.
void create_file(const std::filesystem::path& path);

// Sets the connection up, and creates or migrates the tables. Throws SQLite::Exception.
// `durable`: what is committed survives a power failure too, at one fsync each.
void prepare_database(SQLite::Database& db, std::int64_t wal_bytes, bool durable);

}  // namespace agenthub

// What the rooms of the store share: the schema, reading a row, and what SQLite's errors become.
// Included by store*.cpp alone.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <exception>
#include <filesystem>
#include <string_view>

#include "audit/record.hpp"
#include "base/error.hpp"

namespace agenthub {

// The columns of audit_row in the order in which read_row() and bind_row() take them.
inline constexpr const char* kAuditColumns =
    "seq, unix_ms, actor, client_ip, session, request_id, action, subject, status, before, after, error, previous, "
    "hash";

// Creates the file, readable by its owner alone, unless it is there. Throws SQLite::Exception.
void create_audit_file(const std::filesystem::path& path);
// Sets the connection up and creates the tables. Throws SQLite::Exception, also for what is not an audit of ours.
void prepare_audit(SQLite::Database& db);

void bind_row(SQLite::Statement& statement, const AuditRow& row);
// `sound` becomes false when a column has not the type that AgentHub writes, or a word that it does not know.
AuditRow read_row(SQLite::Statement& statement, bool& sound);

Error audit_error(const SQLite::Exception& failure, std::string_view what, const std::filesystem::path& path);
bool is_damage(const SQLite::Exception& failure) noexcept;

// Calls f and turns what SQLite throws into a value. `what`: "write to", "query", ...
template <class F>
auto audit_guarded(std::string_view what, const std::filesystem::path& path, F&& f) -> result<decltype(f())> {
    try {
        return f();
    } catch (const SQLite::Exception& failure) {
        return audit_error(failure, what, path);
    } catch (const std::exception& failure) {
        return Error(errc::database_error, failure.what());
    }
}

}  // namespace agenthub

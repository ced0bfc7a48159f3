// Binding texts, and what each of SQLite's errors means to the writer.
// Pure functions.

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstring>

#include "activity/record.hpp"
#include "activity/store_sql.hpp"

namespace agenthub {

void bind_text(SQLite::Statement& statement, int index, std::string_view text) {
    if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr)
        statement.bind(index, stored_text(text, kLongTextLimit));
    else
        statement.bindNoCopy(index, text.empty() ? "" : text.data());
}

StoreFailure failure_of(const SQLite::Exception& e, std::string_view what, const std::filesystem::path& path) {
    using Kind = StoreFailure::Kind;
    const std::string head =
        "cannot " + std::string(what) + " the activity database " + path.string() + ": " + e.what();
    switch (e.getErrorCode() & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Kind::busy, head + ". Another process holds it; rows wait in memory until it lets go"};
        case SQLITE_INTERRUPT: return {Kind::interrupted, head};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {Kind::corrupt, head + ". The file is damaged; it is set aside and a new one started"};
        case SQLITE_FULL: return {Kind::no_space, head + ". Make room; AgentHub tries again by itself"};
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
            return {Kind::unavailable, head +
                                           ". Check that the directory exists, and the file can be written; AgentHub "
                                           "tries again by itself"};
        default: return {Kind::refused, head};
    }
}

}  // namespace agenthub

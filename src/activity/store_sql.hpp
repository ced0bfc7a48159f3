// What the rooms of the store share: the schema's constants and the translation of SQLite's exceptions.
// Included by store*.cpp alone.

#pragma once

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "activity/store_failure.hpp"

namespace agenthub {

// Binds a NUL-terminated text where it lies. A NUL inside would cut it: those rare texts are copied, as stored_text().
void bind_text(SQLite::Statement& statement, int index, std::string_view text);

StoreFailure failure_of(const SQLite::Exception& e, std::string_view what, const std::filesystem::path& path);

// Calls f and turns what SQLite throws into a value. `what`: "write to", "query", ...
template <class F>
auto guarded(std::string_view what, const std::filesystem::path& path, F&& f) -> store_result<decltype(f())> {
    try {
        return f();
    } catch (const SQLite::Exception& e) {
        return failure_of(e, what, path);
    } catch (const std::exception& e) {
        return StoreFailure(StoreFailure::Kind::unavailable, e.what());
    }
}

}  // namespace agenthub

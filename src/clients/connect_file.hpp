// Changes one client's configuration file, and takes that back exactly.
// Functions that block on files; for the command line.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "clients/client_document.hpp"

namespace agenthub {

// The longest configuration of a client that is read.
inline constexpr std::size_t kMaxClientFile = 64 * 1024 * 1024;

// What writing would do.
struct ConnectPlan {
    std::string path;
    bool exists = false;
    std::string before, after;

    bool changes() const noexcept { return !exists || before != after; }
};

// Reads the file and puts the entries in. errc::io_error, errc::too_large, errc::invalid_config: it cannot be read, or
// not be understood; it stays as it is.
result<ConnectPlan> plan_connect(const std::string& path, const std::vector<ClientEntry>& entries);

// Makes the plan true, whole or not at all: the old content goes to PATH.agenthub-backup, what undo needs to
// PATH.agenthub-undo, then the file is replaced. Folders are made. errc::io_error; errc::busy: the file has changed
// since the plan was made.
result<void> write_connect(const ConnectPlan& plan, const std::vector<ClientEntry>& entries);

enum class UndoResult {
    restored,       // the file is as it was, byte for byte
    removed,        // there was none, and there is none again
    entry_removed,  // the file has changed since: only our entry is gone, or what it had replaced is back
};
// Takes back what write_connect did to the file, and forgets it. errc::invalid_request: there is nothing to take back,
// or it cannot be without loss; the text says what to do.
result<UndoResult> undo_connect(const std::string& path);

// The lines that differ, with a few around them, as `diff -u` shows them but without its header.
std::string changed_lines(std::string_view before, std::string_view after);

}  // namespace agenthub

// What SQLite's errors mean to the writer: what it must do next.
// Values; no ownership.

#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace agenthub {

struct StoreFailure {
    enum class Kind {
        busy,         // another process holds the lock: the same again, soon
        interrupted,  // the query was told to end
        corrupt,      // the file is damaged: move it aside, start a new one
        no_space,     // the disk is full: keep the rows, try again later; reading goes on
        unavailable,  // no permission, no such directory, newer schema: keep the rows, try again later
        refused,      // SQLite will never take this statement or row
    };
    Kind kind = Kind::unavailable;
    std::string message;  // a sentence for the operator

    StoreFailure() = default;
    StoreFailure(Kind k, std::string m) : kind(k), message(std::move(m)) {}
};

template <class T>
using store_result = boost::system::result<T, StoreFailure>;

}  // namespace agenthub

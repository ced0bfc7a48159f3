// The questions of one server process that are not answered yet, by the id the server gave them.
// Owned by one bridge; the questions are shared with whoever asks the clients.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/question.hpp"

namespace agenthub {

class QuestionTable {
public:
    // A server that asks and asks without waiting is refused beyond this many.
    static constexpr std::size_t kMaxOpen = 64;

    ~QuestionTable() { withdraw_all(); }

    bool is_full() const noexcept { return open_.size() >= kMaxOpen; }
    // `id` is JSON text.
    bool contains(std::string_view id) const { return open_.contains(id); }

    // `calls`: those that wait while the question is open.
    void add(std::shared_ptr<Question> question, std::vector<std::uint64_t> calls) {
        std::string id(question->request().id());
        open_.insert_or_assign(std::move(id), Entry{std::move(question), std::move(calls)});
    }

    // Takes the answered question out; returns its calls, none when it is not open.
    std::vector<std::uint64_t> take(std::string_view id) { return take_entry(id).calls; }

    // Some question that this call waits for is open.
    bool holds(std::uint64_t call) const {
        for (const auto& [id, entry] : open_)
            if (std::find(entry.calls.begin(), entry.calls.end(), call) != entry.calls.end())
                return true;
        return false;
    }

    // The server does not want this answer any more. Returns as take().
    std::vector<std::uint64_t> withdraw(std::string_view id) {
        auto entry = take_entry(id);
        if (entry.question != nullptr)
            entry.question->withdraw();
        return std::move(entry.calls);
    }
    void withdraw_all() {
        for (const auto& [id, entry] : std::exchange(open_, {}))
            entry.question->withdraw();
    }

private:
    struct Entry {
        std::shared_ptr<Question> question;
        std::vector<std::uint64_t> calls;
    };

    Entry take_entry(std::string_view id) {
        const auto found = open_.find(id);
        if (found == open_.end())
            return {};
        Entry entry = std::move(found->second);
        open_.erase(found);
        return entry;
    }

    std::map<std::string, Entry, std::less<>> open_;
};

}  // namespace agenthub

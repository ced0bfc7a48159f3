// The questions of one server process that are not answered yet, by the id the server gave them.
// Owned by one bridge; the questions are shared with whoever asks the clients.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

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

    // `call`: that the question is asked in the course of, 0 when it is of none.
    void add(std::shared_ptr<Question> question, std::uint64_t call) {
        std::string id(question->request().id());
        open_.insert_or_assign(std::move(id), Entry{std::move(question), call});
    }

    // Takes the answered question out; returns its call, 0 when there is none.
    std::uint64_t take(std::string_view id) {
        const auto found = open_.find(id);
        if (found == open_.end())
            return 0;
        const std::uint64_t call = found->second.call;
        open_.erase(found);
        return call;
    }

    // Some question of this call is open.
    bool holds(std::uint64_t call) const {
        for (const auto& [id, entry] : open_)
            if (entry.call == call)
                return true;
        return false;
    }

    // The server does not want this answer any more.
    void withdraw(std::string_view id) {
        const auto found = open_.find(id);
        if (found == open_.end())
            return;
        const auto question = std::move(found->second.question);
        open_.erase(found);
        question->withdraw();
    }
    void withdraw_all() {
        for (const auto& [id, entry] : std::exchange(open_, {}))
            entry.question->withdraw();
    }

private:
    struct Entry {
        std::shared_ptr<Question> question;
        std::uint64_t call;
    };
    std::map<std::string, Entry, std::less<>> open_;
};

}  // namespace agenthub

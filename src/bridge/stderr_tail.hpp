// The last lines a server wrote to stderr: what a person wants to see when it dies.
// Owned by one bridge.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace agenthub {

class StderrTail {
public:
    // Takes bytes as they come. Lines beyond kLineBytes are cut, only the last kLines are kept.
    void append(std::string_view bytes);

    // The kept lines, oldest first, an unfinished one included.
    std::string text() const;
    // The last line that is not blank; empty when there is none.
    std::string last_line() const;
    std::uint64_t total_bytes() const noexcept { return total_; }

    static constexpr std::size_t kLines = 20;
    static constexpr std::size_t kLineBytes = 400;

private:
    void end_line();

    std::deque<std::string> lines_;
    std::string open_;
    std::uint64_t total_ = 0;
};

}  // namespace agenthub

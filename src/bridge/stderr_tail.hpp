// The last lines a server wrote to stderr: what a person wants to see when it dies.
// Owned by one bridge.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace agenthub {

class StderrTail {
public:
    // Takes bytes as they come. Secrets are taken out of each line before it is kept. Lines beyond kLineBytes are cut,
    // only the last kLines are kept.
    void append(std::string_view bytes);

    // The kept lines, oldest first, an unfinished one included.
    std::string text() const;
    // The last line that is not blank; empty when there is none.
    std::string last_line() const;
    // True when a line has ended since this was last asked.
    bool take_news() noexcept { return std::exchange(news_, false); }
    std::uint64_t total_bytes() const noexcept { return total_; }

    static constexpr std::size_t kLines = 20;
    static constexpr std::size_t kLineBytes = 400;

private:
    // Kept of a line that has not ended: enough that a secret where it is cut is still whole.
    static constexpr std::size_t kOpenBytes = 8192;

    void end_line();
    std::string open_line() const;

    std::deque<std::string> lines_;
    std::string open_;
    std::uint64_t total_ = 0;
    bool news_ = false;
};

}  // namespace agenthub

// The last lines of stderr.
// Owned by one bridge.

#include "bridge/stderr_tail.hpp"

#include <algorithm>

#include "base/redactor.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// Kept of a line that has not ended: enough that a secret where it is cut is still whole.
constexpr std::size_t kOpenBytes = 8192;

std::string cut(std::string line) {
    line.resize(std::min(line.size(), StderrTail::kLineBytes));
    return line;
}

}  // namespace

void StderrTail::append(std::string_view bytes) {
    total_ += bytes.size();
    while (!bytes.empty()) {
        const auto at = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, at);
        if (open_.size() < kOpenBytes)
            open_ += piece.substr(0, kOpenBytes - open_.size());
        if (at == std::string_view::npos)
            return;
        end_line();
        bytes.remove_prefix(at + 1);
    }
}

void StderrTail::end_line() {
    // What was not kept may be the rest of a secret.
    const bool whole = open_.size() < kOpenBytes;
    if (whole && !open_.empty() && open_.back() == '\r')
        open_.pop_back();
    lines_.push_back(cut(whole ? redacted(open_) : redacted_unfinished(open_)));
    open_.clear();
    if (lines_.size() > kLines)
        lines_.pop_front();
}

std::string StderrTail::text() const {
    std::string out;
    for (const auto& line : lines_)
        out += line + '\n';
    return out + cut(redacted_unfinished(open_));
}

std::string StderrTail::last_line() const {
    if (!trim(open_).empty())
        return cut(redacted_unfinished(open_));
    for (auto it = lines_.rbegin(); it != lines_.rend(); ++it)
        if (!trim(*it).empty())
            return *it;
    return {};
}

}  // namespace agenthub

// The last lines of stderr.
// Owned by one bridge.

#include "bridge/stderr_tail.hpp"

#include <algorithm>

#include "base/redactor.hpp"
#include "base/text.hpp"

namespace agenthub {

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
    if (!open_.empty() && open_.back() == '\r')
        open_.pop_back();
    redact(open_);
    open_.resize(std::min(open_.size(), kLineBytes));
    lines_.push_back(open_);
    open_.clear();
    news_ = true;
    if (lines_.size() > kLines)
        lines_.pop_front();
}

std::string StderrTail::open_line() const {
    std::string line = redacted_unfinished(open_);
    line.resize(std::min(line.size(), kLineBytes));
    return line;
}

std::string StderrTail::text() const {
    std::string out;
    for (const auto& line : lines_)
        out += line + '\n';
    return out + open_line();
}

std::string StderrTail::last_line() const {
    if (!trim(open_).empty())
        return open_line();
    for (auto it = lines_.rbegin(); it != lines_.rend(); ++it)
        if (!trim(*it).empty())
            return *it;
    return {};
}

}  // namespace agenthub

// The last lines of stderr.
// Owned by one bridge.

#include "bridge/stderr_tail.hpp"

#include "base/text.hpp"

namespace agenthub {

void StderrTail::append(std::string_view bytes) {
    total_ += bytes.size();
    while (!bytes.empty()) {
        const auto at = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, at);
        if (open_.size() < kLineBytes)
            open_ += piece.substr(0, kLineBytes - open_.size());
        if (at == std::string_view::npos)
            return;
        end_line();
        bytes.remove_prefix(at + 1);
    }
}

void StderrTail::end_line() {
    if (!open_.empty() && open_.back() == '\r')
        open_.pop_back();
    lines_.push_back(std::move(open_));
    open_.clear();
    if (lines_.size() > kLines)
        lines_.pop_front();
}

std::string StderrTail::text() const {
    std::string out;
    for (const auto& line : lines_)
        out += line + '\n';
    return out + open_;
}

std::string StderrTail::last_line() const {
    if (!trim(open_).empty())
        return open_;
    for (auto it = lines_.rbegin(); it != lines_.rend(); ++it)
        if (!trim(*it).empty())
            return *it;
    return {};
}

}  // namespace agenthub

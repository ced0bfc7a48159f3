// Cutting a byte stream into lines.
// Owned by the reader of one pipe.

#include "bridge/line_framer.hpp"

#include <algorithm>
#include <cstring>

namespace agenthub {
namespace {

// One read of a full pipe; what an idle server's framer keeps.
constexpr std::size_t kBuffer = 64 * 1024;
constexpr std::size_t kHead = 512;
constexpr std::size_t kTail = 256;

}  // namespace

LineFramer::LineFramer(std::size_t limit) : limit_(limit) {}

std::span<char> LineFramer::space() {
    const std::size_t unread = end_ - begin_;
    const bool oversized = buffer_.size() > kBuffer && unread < kBuffer / 2;  // a large line has passed
    if (unread == 0 || oversized || end_ == buffer_.size())
        move_to_front();
    if (oversized) {
        buffer_.resize(kBuffer);
        buffer_.shrink_to_fit();
    }
    if (end_ == buffer_.size()) {
        // Doubling, but not past what one line may take. Whoever reads on without taking lines still gets room.
        const std::size_t enough = std::max(limit_ + 2, buffer_.size() + kBuffer);
        buffer_.resize(std::max(kBuffer, std::min(buffer_.size() * 2, enough)));
    }
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void LineFramer::move_to_front() {
    if (begin_ > 0)
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
}

void LineFramer::commit(std::size_t n) {
    end_ += n;
}

bool LineFramer::next(std::string_view& line) {
    while (begin_ != end_ && !has_oversize_) {
        if (dropping_) {
            drop_until_line_end();
            continue;
        }
        const char* from = buffer_.data() + scanned_;
        const auto* found = static_cast<const char*>(std::memchr(from, '\n', end_ - scanned_));
        if (found == nullptr) {
            scanned_ = end_;
            // One byte more than the limit may be the \r of a line end that has not come yet.
            if (end_ - begin_ <= limit_ + 1)
                return false;
            dropping_ = true;
            continue;
        }
        const auto at = static_cast<std::size_t>(found - buffer_.data());
        std::size_t length = at - begin_;
        if (length > 0 && buffer_[at - 1] == '\r')
            --length;
        if (length > limit_) {
            dropping_ = true;
            continue;
        }
        line = std::string_view(buffer_).substr(begin_, length);
        begin_ = scanned_ = at + 1;
        if (length > 0)
            return true;
    }
    return false;
}

void LineFramer::drop_until_line_end() {
    const std::string_view rest = std::string_view(buffer_).substr(begin_, end_ - begin_);
    const auto at = rest.find('\n');
    note_dropped(rest.substr(0, at));
    if (at == std::string_view::npos) {
        begin_ = scanned_ = end_;
        return;
    }
    begin_ = scanned_ = begin_ + at + 1;
    dropping_ = false;
    has_oversize_ = true;
}

void LineFramer::note_dropped(std::string_view bytes) {
    oversize_.bytes += bytes.size();
    if (oversize_.head.size() < kHead)
        oversize_.head += bytes.substr(0, kHead - oversize_.head.size());
    oversize_.tail += bytes.substr(bytes.size() > kTail ? bytes.size() - kTail : 0);
    if (oversize_.tail.size() > kTail)
        oversize_.tail.erase(0, oversize_.tail.size() - kTail);
}

bool LineFramer::take_oversize(Oversize& out) {
    if (!has_oversize_)
        return false;
    has_oversize_ = false;
    out = std::move(oversize_);
    oversize_ = {};
    return true;
}

}  // namespace agenthub

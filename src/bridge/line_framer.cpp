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
    if (begin_ == end_) {
        begin_ = scanned_ = end_ = 0;
        if (buffer_.size() > kBuffer) {  // a large line has passed: give its memory back
            buffer_.resize(kBuffer);
            buffer_.shrink_to_fit();
        }
    }
    if (end_ == buffer_.size() && begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        scanned_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size())
        buffer_.resize(std::max(kBuffer, buffer_.size() * 2));
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void LineFramer::commit(std::size_t n) {
    end_ += n;
}

bool LineFramer::next(std::string_view& line) {
    for (;;) {
        if (dropping_)
            drop_until_line_end();
        if (begin_ == end_ || dropping_)
            return false;
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
        line = std::string_view(buffer_).substr(begin_, length);
        if (length > limit_) {
            dropping_ = true;
            continue;
        }
        begin_ = scanned_ = at + 1;
        if (length > 0)
            return true;
    }
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
    if (has_oversize_)  // an unread report of an earlier line gives way
        oversize_ = {};
    has_oversize_ = false;
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

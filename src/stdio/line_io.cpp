// Reading and writing lines.
// Owned by the bridge.

#include "stdio/line_io.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <utility>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

// Beyond this a producer waits for the reader.
constexpr std::size_t kMaxWaiting = 1024 * 1024;

int copy_of(int fd) {
    return ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

}  // namespace

NonBlocking::NonBlocking(int fd) noexcept : fd_(fd), flags_(::fcntl(fd, F_GETFL)) {
    if (flags_ >= 0)
        ::fcntl(fd_, F_SETFL, flags_ | O_NONBLOCK);
}

NonBlocking::~NonBlocking() {
    if (flags_ >= 0)
        ::fcntl(fd_, F_SETFL, flags_);
}

LineInput::LineInput(Executor executor, int fd, std::size_t limit)
    : mode_(fd), in_(executor, copy_of(fd)), framer_(limit) {}

awaitable<LineInput::Next> LineInput::next(std::string_view& line) {
    for (;;) {
        if (framer_.next(line))
            co_return Next::line;
        if (framer_.take_oversize(dropped_)) {
            line = dropped_.head;
            co_return Next::too_long;
        }
        if (ended_)
            co_return Next::end;
        const auto space = framer_.space();
        boost::system::error_code ec;
        const auto buffer = asio::buffer(space.data(), space.size());
        const std::size_t n = co_await in_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        framer_.commit(n);
        if (ec) {
            ended_ = true;
            // A last line may have come without its end.
            if (!framer_.space().empty()) {
                framer_.space().front() = '\n';
                framer_.commit(1);
            }
        }
    }
}

LineOutput::LineOutput(Executor executor, int fd)
    : mode_(fd), out_(executor, copy_of(fd)), more_(executor), less_(executor) {}

awaitable<void> LineOutput::write(std::string_view message) {
    waiting_.append(message) += '\n';
    more_.notify_all();
    while (waiting_.size() > kMaxWaiting && !closed_)
        co_await less_.wait();
}

awaitable<void> LineOutput::run() {
    while (!closed_) {
        while (waiting_.empty())
            co_await more_.wait();
        const std::string lines = std::exchange(waiting_, {});
        less_.notify_all();
        writing_ = true;
        boost::system::error_code ec;
        const auto buffer = asio::buffer(lines);
        co_await asio::async_write(out_, buffer, asio::redirect_error(use_awaitable, ec));
        writing_ = false;
        closed_ = ec.failed();
        less_.notify_all();
    }
}

awaitable<void> LineOutput::until_written() {
    while (!closed_ && (writing_ || !waiting_.empty()))
        co_await less_.wait();
}

awaitable<void> LineOutput::until_closed() {
    while (!closed_)
        co_await less_.wait();
}

awaitable<void> LineOutput::flush(Deadline deadline) {
    co_await ends_by(until_written(), deadline);
}

}  // namespace agenthub

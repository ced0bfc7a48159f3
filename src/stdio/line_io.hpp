// Standard input and output as lines, without blocking the loop.
// Owned by the bridge; loop thread only.

#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "bridge/line_framer.hpp"
#include "stdio/wakeup.hpp"

namespace agenthub {

// Makes a descriptor non-blocking for as long as it lives. The setting belongs to the open file, which the shell that
// started us may use as well.
class NonBlocking {
public:
    explicit NonBlocking(int fd) noexcept;
    ~NonBlocking();
    NonBlocking(const NonBlocking&) = delete;
    NonBlocking& operator=(const NonBlocking&) = delete;

private:
    int fd_;
    int flags_;
};

class LineInput {
public:
    // Reads from a copy of `fd`. A line longer than `limit` bytes is dropped.
    LineInput(Executor executor, int fd, std::size_t limit);

    enum class Next { line, too_long, end };
    // The next line without its end, valid until the next call. `too_long`: it was dropped, and `line` is its
    // beginning.
    awaitable<Next> next(std::string_view& line);

private:
    NonBlocking mode_;
    asio::posix::basic_stream_descriptor<Executor> in_;
    LineFramer framer_;
    LineFramer::Oversize dropped_;
    bool ended_ = false;
};

class LineOutput {
public:
    // Writes to a copy of `fd`.
    LineOutput(Executor executor, int fd);

    // Takes one message, which has no line break. Returns at once while little is waiting to be written, else when the
    // reader has caught up; so whoever produces is as slow as who reads.
    awaitable<void> write(std::string_view message);

    // Writes until it is cancelled, or nobody reads any more.
    awaitable<void> run();
    // Until all is written, at most until then.
    awaitable<void> flush(Deadline deadline);
    // Until nobody reads any more.
    awaitable<void> until_closed();

private:
    awaitable<void> until_written();

    NonBlocking mode_;
    asio::posix::basic_stream_descriptor<Executor> out_;
    std::string waiting_;
    bool writing_ = false;
    bool closed_ = false;
    Wakeup more_, less_;
};

}  // namespace agenthub

#include "stdio/line_io.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <vector>

#include "base/task_group.hpp"
#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        out.reset(ends[0]);
        in.reset(ends[1]);
    }
    UniqueFd in, out;  // what is written to `in` is read from `out`
};

void put(const UniqueFd& fd, std::string_view text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

awaitable<void> read_all(LineInput& input, std::vector<std::string>& lines) {
    for (;;) {
        std::string_view line;
        const auto next = co_await input.next(line);
        if (next == LineInput::Next::end)
            break;
        lines.push_back((next == LineInput::Next::line ? "" : "too long: ") + std::string(line));
    }
    lines.emplace_back("end");
}

std::vector<std::string> lines_of(const Pipe& pipe, std::size_t limit) {
    asio::io_context loop(1);
    LineInput input(loop.get_executor(), pipe.out.get(), limit);
    std::vector<std::string> lines;
    run_to_end(loop, read_all(input, lines));
    return lines;
}

TEST(LineInput, reads_lines_to_the_end_also_the_last_without_its_own) {
    Pipe pipe;
    put(pipe.in, "one\r\n\ntwo\nthree");
    pipe.in.reset();
    EXPECT_EQ(lines_of(pipe, 100), (std::vector<std::string>{"one", "two", "three", "end"}));
}

TEST(LineInput, a_line_at_the_limit_is_read_and_a_longer_one_is_reported) {
    Pipe pipe;
    put(pipe.in, "12345\n123456\nnext\n");
    pipe.in.reset();
    EXPECT_EQ(lines_of(pipe, 5), (std::vector<std::string>{"12345", "too long: 123456", "next", "end"}));
}

TEST(LineInput, a_file_can_be_read_too_and_its_mode_comes_back) {
    UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int before = ::fcntl(file.get(), F_GETFL);
    {
        asio::io_context loop(1);
        LineInput input(loop.get_executor(), file.get(), 10);
        std::vector<std::string> lines;
        run_to_end(loop, read_all(input, lines));
        EXPECT_EQ(lines, std::vector<std::string>{"end"});
    }
    EXPECT_EQ(::fcntl(file.get(), F_GETFL), before);
}

// Writes until a write has to wait, reads it all, and lets the rest follow.
awaitable<void> write_much(LineOutput& output, int& written, bool& all) {
    const std::string line(64 * 1024, 'x');
    for (; written < 64; ++written)
        co_await output.write(line);
    all = true;
}

awaitable<void> fill_then_read(asio::io_context& loop, const Pipe& pipe, std::size_t& bytes) {
    LineOutput output(loop.get_executor(), pipe.in.get());
    TaskGroup tasks(loop.get_executor());
    int written = 0;
    bool all = false;
    tasks.spawn(output.run(), "output");
    tasks.spawn(write_much(output, written, all), "writer");
    SteadyTimer turn(loop.get_executor());
    for (int turns = 0; turns < 100; ++turns) {  // so many turns of the loop, in which nobody reads
        turn.expires_after(Duration(0));
        co_await turn.async_wait(use_awaitable);
    }
    EXPECT_FALSE(all);
    EXPECT_LT(written, 40) << "a writer waits for the reader";
    std::vector<char> buffer(1024 * 1024);
    ::fcntl(pipe.out.get(), F_SETFL, O_NONBLOCK);
    const Deadline deadline = Deadline::after(Duration(20'000));
    while (bytes < 64 * (64 * 1024 + 1) && !deadline.expired()) {
        const ssize_t n = ::read(pipe.out.get(), buffer.data(), buffer.size());
        bytes += n > 0 ? static_cast<std::size_t>(n) : 0;
        turn.expires_after(Duration(0));
        co_await turn.async_wait(use_awaitable);
    }
    EXPECT_TRUE(all);
    tasks.cancel();
    co_await tasks.join();
}

TEST(LineOutput, whoever_writes_is_as_slow_as_who_reads) {
    asio::io_context loop(1);
    const Pipe pipe;
    std::size_t bytes = 0;
    run_to_end(loop, fill_then_read(loop, pipe, bytes));
    EXPECT_EQ(bytes, 64U * (64 * 1024 + 1));
}

awaitable<void> write_to_nobody(asio::io_context& loop, Pipe& pipe, bool& closed) {
    LineOutput output(loop.get_executor(), pipe.in.get());
    TaskGroup tasks(loop.get_executor());
    tasks.spawn(output.run(), "output");
    pipe.out.reset();
    const std::string_view line = "to nobody";
    co_await output.write(line);
    closed = co_await ends_by(output.until_closed(), Deadline::after(Duration(20'000)));
    tasks.cancel();
    co_await tasks.join();
}

TEST(LineOutput, notices_that_nobody_reads_any_more) {
    ::signal(SIGPIPE, SIG_IGN);
    asio::io_context loop(1);
    Pipe pipe;
    bool closed = false;
    run_to_end(loop, write_to_nobody(loop, pipe, closed));
    EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace agenthub

// See process_fixture.hpp.
// Owned by the tests of src/supervisor.

#include "tests/supervisor/process_fixture.hpp"

#include <dirent.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>

#include <sstream>

namespace agenthub {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

ProcessFixture::ProcessFixture() : reaper_(loop_.get_executor()), descriptors_(0) {
    // The first timer makes Asio open its own descriptors.
    SteadyTimer timer(loop_.get_executor(), std::chrono::milliseconds(0));
    timer.async_wait([](boost::system::error_code) {});
    loop_.run();
    loop_.restart();
    descriptors_ = count_descriptors();
}

void ProcessFixture::TearDown() {
    run(reaper_.join());
    EXPECT_EQ(reaper_.guards(), 0U);
    EXPECT_TRUE(list_children().empty()) << "a zombie or an orphan is left";
    EXPECT_EQ(count_descriptors(), descriptors_);
}

void ProcessFixture::run(awaitable<void> task, Duration limit) {
    bool ended = false;
    auto bounded = [&ended](awaitable<void> inner, Deadline deadline) -> awaitable<void> {
        ended = co_await ends_by(std::move(inner), deadline);
    };
    loop_.restart();
    run_to_end(loop_, bounded(std::move(task), Deadline::after(limit)));
    ASSERT_TRUE(ended) << "did not finish in time";
}

LaunchSpec ProcessFixture::probe(std::string mode, std::vector<std::string> args) const {
    LaunchSpec spec;
    spec.command = AGENTHUB_TEST_PROBE;
    spec.args = std::move(args);
    spec.args.insert(spec.args.begin(), std::move(mode));
    spec.guard_path = AGENTHUB_TEST_GUARD;
    return spec;
}

LaunchSpec ProcessFixture::shell(std::string script) const {
    LaunchSpec spec;
    spec.command = "sh";
    spec.args = {"-c", std::move(script)};
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    spec.guard_path = AGENTHUB_TEST_GUARD;
    return spec;
}

awaitable<std::unique_ptr<ChildProcess>> ProcessFixture::start(LaunchSpec spec) {
    const auto deadline = Deadline::after(std::chrono::seconds(10));
    auto launched = co_await ChildProcess::launch(reaper_, std::move(spec), deadline);
    if (!launched) {
        ADD_FAILURE() << launched.error().message;
        co_return nullptr;
    }
    co_return std::move(*launched);
}

awaitable<std::string> ProcessFixture::output_of(LaunchSpec spec) {
    auto child = co_await start(std::move(spec));
    if (!child)
        co_return std::string();
    auto pipes = child->take_pipes();
    auto output = co_await read_to_end(std::move(pipes.stdout_read));
    const auto status = co_await child->wait_exit();
    EXPECT_EQ(status.describe(), "exited with code 0");
    co_await child->wait_gone();
    co_return output;
}

awaitable<std::string> ProcessFixture::read_to_end(UniqueFd fd) {
    Descriptor descriptor(co_await asio::this_coro::executor, fd.release());
    std::string text;
    boost::system::error_code end;
    auto buffer = asio::dynamic_buffer(text);
    co_await asio::async_read(descriptor, buffer, asio::redirect_error(use_awaitable, end));
    EXPECT_EQ(end, asio::error::eof);
    co_return text;
}

awaitable<std::vector<pid_t>> ProcessFixture::read_pids(ChildPipes& pipes) {
    Descriptor descriptor(co_await asio::this_coro::executor, pipes.stdout_read.get());
    std::string text;
    auto buffer = asio::dynamic_buffer(text);
    co_await asio::async_read_until(descriptor, buffer, '\n', use_awaitable);
    descriptor.release();
    std::istringstream words(text);
    std::vector<pid_t> pids;
    for (pid_t pid = 0; words >> pid;)
        pids.push_back(pid);
    co_return pids;
}

std::size_t count_descriptors() {
    std::size_t count = 0;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (::readdir(directory) != nullptr)
        ++count;
    ::closedir(directory);
    return count;
}

bool all_end_within(const std::vector<pid_t>& pids, Duration limit) {
    const auto deadline = Deadline::after(limit);
    bool all = true;
    for (const pid_t pid : pids) {
        const UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (!fd)
            continue;  // ended and reaped
        pollfd event{fd.get(), POLLIN, 0};
        if (::poll(&event, 1, static_cast<int>(deadline.remaining().count())) != 1) {
            ADD_FAILURE() << "process " << pid << " is still there";
            all = false;
        }
    }
    return all;
}

bool is_running(pid_t pid) {
    const UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd event{fd.get(), POLLIN, 0};
    return fd && ::poll(&event, 1, 0) == 0;
}

}  // namespace agenthub

// One program at a time below one guard: three pipes and an end, each a task of its own.
// Owned by the gateway.

#include "hooks/command_runner.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

#include "base/event.hpp"
#include "base/own_programs.hpp"
#include "supervisor/child_process.hpp"

namespace agenthub {

// Owners: the tasks that read and write, and whoever waits for the end.
struct CommandRunner::Run {
    using Pipe = asio::posix::basic_stream_descriptor<Executor>;

    Run(CommandRunner& runner, std::unique_ptr<ChildProcess> process, ChildPipes pipes, const CommandJob& job)
        : owner(runner),
          child(std::move(process)),
          in(runner.tasks_.executor(), pipes.stdin_write.release()),
          out(runner.tasks_.executor(), pipes.stdout_read.release()),
          err(runner.tasks_.executor(), pipes.stderr_read.release()),
          input(job.input),
          max_output(job.max_output),
          ended(runner.tasks_.executor()) {
        owner.runs_.push_back(this);
        owner.reaper_.note_other(1);
    }
    ~Run() {
        std::erase(owner.runs_, this);
        owner.reaper_.note_other(-1);
        owner.give_place_back();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void part_ended() {
        if (--open == 0)
            ended.notify();
    }

    CommandRunner& owner;
    std::unique_ptr<ChildProcess> child;
    Pipe in, out, err;
    std::string input;
    std::size_t max_output;
    CommandEnd end;
    bool too_long = false;
    int open = 3;  // output, errors, and the program itself
    Event ended;
};

// Whoever stops waiting, for whatever reason, leaves nothing behind.
class CommandRunner::Leave {
public:
    explicit Leave(Run& run) noexcept : run_(run) {}
    ~Leave() { run_.child->kill_all(); }
    Leave(const Leave&) = delete;
    Leave& operator=(const Leave&) = delete;

private:
    Run& run_;
};

CommandRunner::CommandRunner(GuardReaper& reaper, std::size_t most)
    : reaper_(reaper), most_(most), queue_(reaper.executor()), tasks_(reaper.executor()) {}

CommandRunner::~CommandRunner() = default;

awaitable<result<void>> CommandRunner::take_place(Deadline deadline) {
    if (stopped_)
        co_return Error(errc::cancelled, "it was not run: AgentHub is shutting down");
    if (queue_.empty() && has_place()) {
        ++running_;
        co_return result<void>();
    }
    if (queue_.size() >= kMaxWaiting)
        co_return Error(errc::busy, std::to_string(most_) + " programs of hooks run (limits.hook_processes), and " +
                                        std::to_string(kMaxWaiting) + " calls wait for a place already");
    PlaceQueue::Ticket ticket(queue_);
    while (!stopped_ && !(ticket.is_first() && has_place())) {
        if (deadline.expired())
            co_return Error(errc::busy, std::to_string(most_) +
                                            " programs of hooks run already, and none ended in "
                                            "time; raise limits.hook_processes, or the timeout");
        co_await ticket.wait(deadline);
    }
    if (stopped_)
        co_return Error(errc::cancelled, "it was not run: AgentHub is shutting down");
    ++running_;
    co_return result<void>();
}

void CommandRunner::give_place_back() {
    --running_;
    queue_.wake_first();
}

// The place of a program that has not started yet.
class CommandRunner::Place {
public:
    explicit Place(CommandRunner& runner) noexcept : runner_(&runner) {}
    ~Place() {
        if (runner_ != nullptr)
            runner_->give_place_back();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    void pass_on() noexcept { runner_ = nullptr; }

private:
    CommandRunner* runner_;
};

namespace {

LaunchSpec spec_of(const CommandJob& job, const std::string& guard_path) {
    LaunchSpec spec;
    spec.command = job.argv.front();
    spec.args.assign(job.argv.begin() + 1, job.argv.end());
    spec.env = job.env;
    spec.guard_path = guard_path;
    return spec;
}

}  // namespace

awaitable<result<std::shared_ptr<CommandRunner::Run>>> CommandRunner::start(const CommandJob& job, Deadline deadline) {
    const auto taken = co_await take_place(deadline);
    if (!taken)
        co_return taken.error();
    Place place(*this);
    if (guard_path_.empty()) {
        auto guard = find_guard();
        if (!guard)
            co_return guard.error();
        guard_path_ = std::move(*guard);
    }
    auto spec = spec_of(job, guard_path_);
    auto child = co_await ChildProcess::launch(reaper_, std::move(spec), deadline);
    if (!child)
        co_return child.error();
    if (stopped_)
        co_return Error(errc::cancelled, "it was killed: AgentHub is shutting down");
    auto pipes = (*child)->take_pipes();
    auto run = std::make_shared<Run>(*this, std::move(*child), std::move(pipes), job);
    place.pass_on();
    co_return run;
}

awaitable<result<CommandEnd>> CommandRunner::run(CommandJob job, Deadline deadline) {
    auto started = co_await start(job, deadline);
    if (!started)
        co_return started.error();
    const std::shared_ptr<Run> run = std::move(*started);
    const Leave leave(*run);
    tasks_.spawn(write_input(run), "hook input");
    tasks_.spawn(read_output(run), "hook output");
    tasks_.spawn(read_errors(run), "hook errors");
    tasks_.spawn(watch(run), "hook program");
    co_await run->ended.wait();
    if (stopped_)
        co_return Error(errc::cancelled, "it was killed: AgentHub is shutting down");
    if (run->too_long)
        co_return Error(errc::too_large, "it wrote more than " + std::to_string(run->max_output) +
                                             " bytes to its standard output, and was killed");
    co_return std::move(run->end);
}

// A program that does not read to the end closes the pipe, which is its right.
awaitable<void> CommandRunner::write_input(std::shared_ptr<Run> run) {
    boost::system::error_code ec;
    const auto all = asio::buffer(run->input);
    co_await asio::async_write(run->in, all, asio::redirect_error(use_awaitable, ec));
    run->in.close(ec);
}

awaitable<void> CommandRunner::read_output(std::shared_ptr<Run> run) {
    std::array<char, 16384> bytes;
    boost::system::error_code ec;
    while (!ec) {
        const auto buffer = asio::buffer(bytes);
        const std::size_t n = co_await run->out.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        std::string& output = run->end.output;
        run->too_long = run->too_long || output.size() + n > run->max_output;
        if (run->too_long)
            run->child->kill_all();  // its end is awaited all the same
        else
            output.append(bytes.data(), n);
    }
    run->part_ended();
}

awaitable<void> CommandRunner::read_errors(std::shared_ptr<Run> run) {
    std::array<char, 4096> bytes;
    boost::system::error_code ec;
    while (!ec) {
        const auto buffer = asio::buffer(bytes);
        const std::size_t n = co_await run->err.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        std::string& errors = run->end.errors;
        errors.append(bytes.data(), n);
        if (errors.size() > kErrorBytes)
            errors.erase(0, errors.size() - kErrorBytes);
    }
    run->part_ended();
}

awaitable<void> CommandRunner::watch(std::shared_ptr<Run> run) {
    const ExitStatus status = co_await run->child->wait_exit();
    run->end.status = status.describe();
    run->end.succeeded = status == ExitStatus{ExitStatus::Kind::exited, 0};
    run->part_ended();
    co_await run->child->wait_gone();
}

void CommandRunner::stop() {
    stopped_ = true;
    for (Run* run : runs_)
        run->child->kill_all();
    queue_.wake_all();
}

}  // namespace agenthub

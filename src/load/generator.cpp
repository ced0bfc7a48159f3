// Opens the sessions, keeps them calling, and closes them again.
// Owned by the command.

#include "load/generator.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

namespace agenthub::load {
namespace {

// So many broken connections mean that the daemon is gone; going on would only repeat it.
constexpr std::int64_t kMaxBroken = 1000;

}  // namespace

Generator::Generator(const Options& options)
    : options_(options),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (epoll_ < 0 || timer_ < 0)
        throw std::system_error(errno, std::generic_category(), "epoll or timerfd");
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLET;
    interest.data.ptr = nullptr;  // a session's events carry the session
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &interest);
    for (std::int64_t i = 0; i < options.sessions; ++i)
        sessions_.push_back(std::make_unique<Session>(options, epoll_, i));
}

Generator::~Generator() {
    sessions_.clear();
    ::close(timer_);
    ::close(epoll_);
}

Outcome Generator::run() {
    if (options_.wait_s > 0)
        wait_for_listener();
    open_all();
    call_all();
    return std::move(outcome_);
}

// So often that the waiting does not show in the time to the first answer.
void Generator::wait_for_listener() {
    const auto limit = Clock::now() + std::chrono::duration<double>(options_.wait_s);
    while (!Connection::is_answered(options_) && Clock::now() < limit)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
}

void Generator::open_all() {
    start_ = moved_ = Clock::now();
    for (auto& session : sessions_)
        session->open();
    while (settled_ < options_.sessions && turn()) {
    }
    outcome_.handshake_seconds = std::chrono::duration<double>(Clock::now() - start_).count();
}

void Generator::call_all() {
    phase_ = Phase::calling;
    outcome_.before = read_use(options_.pid);
    const std::int64_t own_before = own_cpu_ns();
    start_ = moved_ = Clock::now();
    for (auto& session : sessions_) {
        if (session->has_session())
            on_free(*session);
    }
    while (finished_ < options_.calls && issued_ + static_cast<std::int64_t>(free_.size()) > finished_ && turn()) {
    }
    outcome_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    outcome_.own_cpu_ns = own_cpu_ns() - own_before;
    outcome_.after = read_use(options_.pid);
    outcome_.broken += issued_ - finished_;
}

void Generator::end() {
    phase_ = Phase::ending;
    settled_ = 0;
    std::int64_t ending = 0;
    for (auto& session : sessions_) {
        if (!session->has_session() || session->is_calling())
            continue;
        if (session->start_end())
            ++ending;
    }
    moved_ = Clock::now();
    while (settled_ < ending && turn()) {
    }
}

bool Generator::turn() {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
    for (int i = 0; i < count; ++i) {
        auto* session = static_cast<Session*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (session == nullptr) {
            dispatch_due();
            continue;
        }
        const bool was_calling = session->is_calling();
        on_event(*session, session->on_io(), was_calling);
    }
    if (outcome_.broken > kMaxBroken) {
        note("gave up after " + std::to_string(outcome_.broken) + " broken connections");
        return false;
    }
    const bool idle = phase_ == Phase::calling && issued_ == finished_;
    if (count > 0 || idle) {
        // The clock is read here once per batch of events, not per event.
        moved_ = Clock::now();
        return true;
    }
    if (Clock::now() - moved_ < std::chrono::seconds(options_.timeout_s))
        return true;
    note("nothing came for " + std::to_string(options_.timeout_s) + " s");
    return false;
}

void Generator::on_event(Session& session, Session::Event event, bool was_calling) {
    switch (event) {
        case Session::Event::none: return;
        case Session::Event::ready:
        case Session::Event::ended: ++settled_; return;
        case Session::Event::answered:
            ++finished_;
            if (outcome_.first_answer_ns == 0)
                outcome_.first_answer_ns = Clock::now().time_since_epoch().count();
            if (session.fault().empty()) {
                ++outcome_.right;
                outcome_.latencies.add(static_cast<std::uint64_t>(session.latency().count()));
            } else {
                ++outcome_.wrong;
                note(session.fault());
            }
            on_free(session);
            return;
        case Session::Event::broken: break;
    }
    ++outcome_.broken;
    note(session.fault());
    if (phase_ != Phase::calling) {
        ++settled_;
        return;
    }
    session.open();
    if (!was_calling)
        return;
    ++finished_;
    on_free(session);
}

void Generator::on_free(Session& session) {
    if (options_.rate > 0) {
        free_.push_back(&session);
        return dispatch_due();
    }
    if (issued_ >= options_.calls)
        return;
    ++issued_;
    session.start_call(Clock::now());
}

void Generator::dispatch_due() {
    while (!free_.empty() && issued_ < options_.calls) {
        const auto due = due_time(issued_);
        if (due > Clock::now())
            return set_timer(due);
        Session* session = free_.front();
        free_.pop_front();
        ++issued_;
        session->start_call(due);
    }
}

Generator::Clock::time_point Generator::due_time(std::int64_t call) const {
    const std::chrono::duration<double> offset(static_cast<double>(call) / options_.rate);
    return start_ + std::chrono::duration_cast<Clock::duration>(offset);
}

void Generator::set_timer(Clock::time_point at) {
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
    itimerspec when{};
    when.it_value.tv_sec = since / 1'000'000'000;
    when.it_value.tv_nsec = since % 1'000'000'000;
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
}

void Generator::note(const std::string& fault) {
    if (outcome_.faults.size() < 10)
        outcome_.faults.push_back(fault);
}

}  // namespace agenthub::load

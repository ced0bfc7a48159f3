// Many pieces of work, of which only so many run at a time.

#include "base/window.hpp"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

#include "base/event.hpp"
#include "base/race.hpp"
#include "base/task_group.hpp"

namespace agenthub {
namespace {

// Pieces that end when the test says so.
class Window : public ::testing::Test {
protected:
    awaitable<void> piece(std::size_t index) {
        begun_.push_back(index);
        ++running_;
        most_ = std::max(most_, running_);
        const Leaving leaving(running_);
        co_await gates_[index]->wait();
        ended_.push_back(index);
    }

    void start(std::size_t count, std::size_t width) {
        for (std::size_t i = 0; i < count; ++i)
            gates_.push_back(std::make_unique<Event>(loop_.get_executor()));
        work_ = [this](std::size_t index) { return piece(index); };
        tasks_.spawn(run(count, width), "window");
        loop_.poll();
    }

    void let_end(std::size_t index) {
        gates_[index]->notify();
        loop_.restart();
        loop_.poll();
    }

    awaitable<void> run(std::size_t count, std::size_t width) {
        co_await run_window(count, width, work_);
        done_ = true;
    }

    struct Leaving {
        explicit Leaving(std::size_t& c) : count(c) {}
        Leaving(const Leaving&) = delete;
        Leaving& operator=(const Leaving&) = delete;
        ~Leaving() { --count; }
        std::size_t& count;
    };

    asio::io_context loop_;
    std::vector<std::unique_ptr<Event>> gates_;
    std::vector<std::size_t> begun_, ended_;
    std::size_t running_ = 0, most_ = 0;
    bool done_ = false;
    WindowWork work_;
    TaskGroup tasks_{loop_.get_executor()};
};

TEST_F(Window, begins_the_next_one_as_soon_as_any_ends) {
    start(5, 2);
    EXPECT_EQ(begun_, (std::vector<std::size_t>{0, 1}));
    let_end(1);
    let_end(2);
    let_end(3);
    EXPECT_EQ(begun_, (std::vector<std::size_t>{0, 1, 2, 3, 4})) << "the first one, still running, delays nobody";
    EXPECT_FALSE(done_);
    let_end(4);
    EXPECT_FALSE(done_);
    let_end(0);
    EXPECT_TRUE(done_);
    EXPECT_EQ(ended_, (std::vector<std::size_t>{1, 2, 3, 4, 0}));
    EXPECT_EQ(most_, 2U);
}

TEST_F(Window, runs_all_at_once_when_there_are_fewer_than_fit) {
    start(2, 64);
    EXPECT_EQ(begun_.size(), 2U);
    let_end(0);
    let_end(1);
    EXPECT_TRUE(done_);
}

TEST_F(Window, of_nothing_is_over_at_once) {
    start(0, 3);
    EXPECT_TRUE(done_);
}

TEST_F(Window, ends_what_runs_and_begins_nothing_more_when_it_is_cancelled) {
    start(4, 2);
    tasks_.cancel();
    loop_.restart();
    loop_.poll();
    EXPECT_FALSE(done_);
    EXPECT_EQ(begun_.size(), 2U);
    EXPECT_EQ(running_, 0U);
}

TEST(WindowFailure, is_rethrown_when_all_have_ended) {
    asio::io_context loop;
    std::size_t ended = 0;
    struct Pieces {
        static awaitable<void> one(std::size_t index, std::size_t& ended) {
            if (index == 0)
                throw std::runtime_error("the first");
            ++ended;
            co_return;
        }
    };
    const WindowWork work = [&ended](std::size_t index) { return Pieces::one(index, ended); };
    EXPECT_THROW(run_to_end(loop, run_window(3, 2, work)), std::runtime_error);
    EXPECT_EQ(ended, 2U);
}

}  // namespace
}  // namespace agenthub

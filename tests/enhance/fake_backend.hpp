// Models that answer when the test says so.
// Owned by the test.

#pragma once

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "enhance/enhancer.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

class FakeBackend final : public ModelBackend {
public:
    explicit FakeBackend(Executor executor) : executor_(executor) {}

    awaitable<result<std::string>> generate(GenerateRequest request, Deadline deadline) override {
        requests.push_back(request);
        deadlines.push_back(deadline);
        if (!held)
            co_return answer(request);
        // Counts how it ended, also when it was cancelled.
        const Ending ending(*this);
        SteadyTimer timer(executor_, deadline.at());
        held_.push_back(&timer);
        boost::system::error_code woken;
        co_await timer.async_wait(asio::redirect_error(use_awaitable, woken));
        std::erase(held_, &timer);
        if (!woken) {
            ++timed_out;
            co_return Error(errc::timeout, "the model did not answer in time");
        }
        co_return answer(request);
    }

    awaitable<result<std::vector<float>>> embed(std::string model, std::string text, Deadline) override {
        embedded.push_back(model + ":" + text);
        const auto known = meanings.find(text);
        if (known == meanings.end())
            co_return Error(errc::io_error, "no embedding");
        co_return known->second;
    }

    bool healthy() const noexcept override { return true; }
    BreakerSnapshot breaker() const noexcept override { return {}; }
    void reset_breaker() override {}

    // Lets every held request be answered.
    void release() {
        held = false;
        for (SteadyTimer* timer : std::exchange(held_, {}))
            timer->cancel();
    }
    std::size_t waiting() const noexcept { return held_.size(); }

    bool held = false;
    std::vector<GenerateRequest> requests;
    std::vector<Deadline> deadlines;
    std::vector<std::string> embedded;
    std::map<std::string, std::vector<float>> meanings;      // by text
    std::map<std::string, result<std::string>> says;         // by model; else "better: " and the prompt
    int timed_out = 0;
    int ended = 0;

private:
    struct Ending {
        explicit Ending(FakeBackend& b) : backend(b) {}
        ~Ending() { ++backend.ended; }
        FakeBackend& backend;
    };

    result<std::string> answer(const GenerateRequest& request) {
        const auto said = says.find(request.model);
        if (said != says.end())
            return said->second;
        return "better: " + request.prompt;
    }

    Executor executor_;
    std::vector<SteadyTimer*> held_;
};

// Gone when the test says so.
struct FakeListener final : EnhanceListener {
    bool has_left() const noexcept override { return left; }
    bool left = false;
};

struct EnhancerTest : testing::Test {
    asio::io_context loop;
    FakeBackend backend{loop.get_executor()};
    EnhancementConfig config;
    std::unique_ptr<PromptStore> store;
    std::unique_ptr<Enhancer> enhancer;

    void start() {
        EnhancerSetup setup;
        setup.config = config;
        setup.usual_model = "usual";
        setup.backend = &backend;
        setup.store = std::move(store);
        enhancer = std::make_unique<Enhancer>(loop.get_executor(), std::move(setup));
    }

    EnhanceQuestion question(std::string prompt, std::string client = "") {
        EnhanceQuestion q;
        q.prompt = std::move(prompt);
        q.client = std::move(client);
        return q;
    }

    // Asks in a task of its own; the answer is put in `out` when it is there.
    awaitable<void> ask(EnhanceQuestion q, EnhanceAnswer& out, bool& done, const EnhanceListener* listener) {
        out = co_await enhancer->enhance(std::move(q), listener);
        done = true;
    }

    // A loop that has run out of work must be told to go on.
    void finish(awaitable<void> task) {
        loop.restart();
        run_to_end(loop, std::move(task));
        loop.restart();
    }

    // Runs the loop until the condition holds; false after ten seconds.
    bool run_until(const std::function<bool()>& condition) {
        const TimePoint limit = Clock::now() + std::chrono::seconds(10);
        while (!condition() && Clock::now() < limit) {
            loop.restart();
            loop.run_one_for(std::chrono::milliseconds(20));
        }
        loop.restart();
        return condition();
    }

    // One question and its answer.
    EnhanceAnswer answer(EnhanceQuestion q, const EnhanceListener* listener = nullptr) {
        EnhanceAnswer out;
        bool done = false;
        finish(ask(std::move(q), out, done, listener));
        EXPECT_TRUE(done);
        return out;
    }
    EnhanceAnswer answer(std::string prompt, std::string client = "") {
        return answer(question(std::move(prompt), std::move(client)));
    }

    void TearDown() override {
        if (enhancer != nullptr)
            finish(enhancer->stop());
    }
};

// Several questions at once, on the loop of the test.
class Crowd {
public:
    Crowd(EnhancerTest& test, int count, const std::function<EnhanceQuestion(int)>& question) : test_(test) {
        members_ = std::vector<Member>(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            Member& member = members_[static_cast<std::size_t>(i)];
            group_.spawn(test.ask(question(i), member.answer, member.done, &member.listener), "asker");
        }
    }
    ~Crowd() {
        group_.cancel();
        test_.finish(group_.join());
    }

    struct Member {
        EnhanceAnswer answer;
        bool done = false;
        FakeListener listener;
    };
    Member& operator[](int i) { return members_[static_cast<std::size_t>(i)]; }
    int done() const {
        int n = 0;
        for (const Member& member : members_)
            n += member.done ? 1 : 0;
        return n;
    }
    // Runs the loop until the condition holds; false after five seconds.
    bool run_until(const std::function<bool()>& condition) { return test_.run_until(condition); }

private:
    EnhancerTest& test_;
    std::vector<Member> members_;
    TaskGroup group_{test_.loop.get_executor()};
};

}  // namespace agenthub::test

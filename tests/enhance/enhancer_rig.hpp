// An enhancer with a fake backend, on a loop of the test's own; and several who ask it at once.
// Header only; the fixture owns everything.

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/enhance/fake_backend.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

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

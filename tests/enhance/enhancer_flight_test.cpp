#include "tests/enhance/enhancer_rig.hpp"

namespace agenthub::test {
namespace {

TEST_F(EnhancerTest, fifty_equal_prompts_at_once_make_one_request) {
    backend.held = true;
    start();
    Crowd crowd(*this, 50, [this](int) { return question("hi", "a"); });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 1; }));
    backend.release();
    ASSERT_TRUE(crowd.run_until([&] { return crowd.done() == 50; }));
    EXPECT_EQ(backend.requests.size(), 1U);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(crowd[i].answer.text, "better: hi");
        EXPECT_FALSE(crowd[i].answer.cached);
    }
    EXPECT_EQ(enhancer->cache_stats().misses, 50U);
    EXPECT_EQ(enhancer->cache_stats().size, 1U);
}

TEST_F(EnhancerTest, different_prompts_and_clients_do_not_wait_for_each_other) {
    backend.held = true;
    start();
    Crowd crowd(*this, 4, [this](int i) { return question(i < 2 ? "a" : "b", i % 2 == 0 ? "x" : "y"); });
    EXPECT_TRUE(crowd.run_until([this] { return backend.waiting() == 4; }));
    backend.release();
    EXPECT_TRUE(crowd.run_until([&] { return crowd.done() == 4; }));
}

TEST_F(EnhancerTest, who_leaves_does_not_end_the_request_of_the_others) {
    backend.held = true;
    start();
    Crowd crowd(*this, 3, [this](int) { return question("hi"); });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 1; }));
    crowd[0].listener.left = true;
    ASSERT_TRUE(crowd.run_until([&] { return crowd[0].done; }));
    EXPECT_EQ(crowd[0].answer.text, "hi");
    EXPECT_NE(crowd[0].answer.error, "");
    EXPECT_EQ(backend.ended, 0);
    backend.release();
    ASSERT_TRUE(crowd.run_until([&] { return crowd.done() == 3; }));
    EXPECT_EQ(crowd[1].answer.text, "better: hi");
    EXPECT_EQ(crowd[2].answer.text, "better: hi");
}

TEST_F(EnhancerTest, the_last_one_who_leaves_ends_the_request) {
    backend.held = true;
    start();
    Crowd crowd(*this, 2, [this](int) { return question("hi"); });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 1; }));
    crowd[0].listener.left = true;
    ASSERT_TRUE(crowd.run_until([&] { return crowd[0].done; }));
    crowd[1].listener.left = true;
    ASSERT_TRUE(crowd.run_until([&] { return crowd.done() == 2; }));
    EXPECT_TRUE(crowd.run_until([this] { return backend.ended == 1; }));
    EXPECT_EQ(backend.timed_out, 0);
}

TEST_F(EnhancerTest, a_coroutine_that_is_cancelled_leaves_too) {
    backend.held = true;
    start();
    {
        Crowd crowd(*this, 1, [this](int) { return question("hi"); });
        ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 1; }));
    }
    EXPECT_TRUE(run_until([this] { return backend.ended == 1; }));
}

TEST_F(EnhancerTest, who_comes_after_the_last_one_left_makes_another_request) {
    backend.held = true;
    start();
    Crowd first(*this, 1, [this](int) { return question("hi"); });
    ASSERT_TRUE(first.run_until([this] { return backend.waiting() == 1; }));
    first[0].listener.left = true;
    ASSERT_TRUE(first.run_until([&] { return first.done() == 1; }));
    Crowd second(*this, 1, [this](int) { return question("hi"); });
    ASSERT_TRUE(second.run_until([this] { return backend.requests.size() == 2; }));
    backend.release();
    ASSERT_TRUE(second.run_until([&] { return second.done() == 1; }));
    EXPECT_EQ(second[0].answer.text, "better: hi");
}

TEST_F(EnhancerTest, who_bypasses_the_cache_joins_nobody_who_does_not) {
    backend.held = true;
    start();
    Crowd crowd(*this, 4, [this](int i) {
        auto q = question("hi");
        q.bypass_cache = i >= 2;
        return q;
    });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 2; }));
    backend.release();
    EXPECT_TRUE(crowd.run_until([&] { return crowd.done() == 4; }));
    EXPECT_EQ(backend.requests.size(), 2U);
}

TEST_F(EnhancerTest, stopping_gives_everybody_the_original_at_once_and_asks_no_model_any_more) {
    backend.held = true;
    start();
    Crowd crowd(*this, 2, [this](int i) { return question("hi" + std::to_string(i)); });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 2; }));
    finish(enhancer->stop());
    EXPECT_EQ(backend.ended, 2);
    ASSERT_TRUE(crowd.run_until([&] { return crowd.done() == 2; }));
    EXPECT_EQ(crowd[1].answer.text, "hi1");
    EXPECT_NE(crowd[1].answer.error, "");
    EXPECT_EQ(answer("later").text, "later");
    EXPECT_EQ(backend.requests.size(), 2U);
}

// Whoever still had time would have the model asked once more, and the shutdown wait for that.
TEST_F(EnhancerTest, stopping_ends_the_wait_of_who_joined_one_with_less_time) {
    backend.held = true;
    backend.deaf = true;
    start();
    Crowd crowd(*this, 2, [this](int i) {
        auto q = question("hi");
        q.latest = i == 0 ? Deadline::after(Duration(50)) : Deadline();
        return q;
    });
    ASSERT_TRUE(crowd.run_until([&] { return crowd[0].done; }));
    EXPECT_FALSE(crowd[1].done);
    finish(enhancer->stop());
    ASSERT_TRUE(crowd.run_until([&] { return crowd.done() == 2; }));
    EXPECT_EQ(crowd[1].answer.text, "hi");
    EXPECT_NE(crowd[1].answer.error.find("shutting down"), std::string::npos) << crowd[1].answer.error;
    EXPECT_EQ(backend.requests.size(), 1U);
}

TEST_F(EnhancerTest, a_fault_is_not_taken_for_a_shutdown) {
    backend.breaks = true;
    start();
    const auto same = answer("hi");
    EXPECT_EQ(same.text, "hi");
    EXPECT_NE(same.error.find("fault"), std::string::npos) << same.error;
}

}  // namespace
}  // namespace agenthub::test

#include "base/redactor.hpp"
#include "tests/enhance/enhancer_rig.hpp"

namespace agenthub::test {
namespace {

TEST_F(EnhancerTest, a_model_that_hangs_costs_the_rules_budget_and_the_prompt_passes) {
    config.fallback.budget = Duration(100);
    backend.held = true;
    start();
    const TimePoint began = Clock::now();
    const auto same = answer("hi");
    const auto took = Clock::now() - began;
    EXPECT_EQ(same.text, "hi");
    EXPECT_NE(same.error.find("100 ms"), std::string::npos) << same.error;
    EXPECT_GE(took, Duration(100));
    EXPECT_LT(took, Duration(1000));
}

// So that it counts for its circuit breaker: a request that is merely broken off says nothing about the model.
TEST_F(EnhancerTest, the_backend_itself_is_given_the_budget_and_fails_by_it) {
    config.fallback.budget = Duration(100);
    backend.held = true;
    start();
    const TimePoint began = Clock::now();
    answer("hi");
    ASSERT_EQ(backend.deadlines.size(), 1U);
    EXPECT_GE(backend.deadlines[0].at(), began + Duration(100));
    EXPECT_TRUE(run_until([this] { return backend.ended == 1; }));
    EXPECT_EQ(backend.timed_out, 1);
}

TEST_F(EnhancerTest, the_budget_is_for_all_models_together) {
    config.fallback.budget = Duration(100);
    config.fallback_chain = {"second", "third"};
    backend.held = true;
    start();
    const TimePoint began = Clock::now();
    answer("hi");
    EXPECT_LT(Clock::now() - began, Duration(1000));
    EXPECT_EQ(backend.requests.size(), 1U);
}

TEST_F(EnhancerTest, a_question_may_have_less_time_than_its_rule) {
    backend.held = true;
    start();
    auto hurried = question("hi");
    hurried.latest = Deadline::after(Duration(50));
    const TimePoint began = Clock::now();
    const auto same = answer(std::move(hurried));
    EXPECT_EQ(same.text, "hi");
    EXPECT_NE(same.error.find("call_timeout"), std::string::npos) << same.error;
    EXPECT_EQ(same.error.find("budget"), std::string::npos) << same.error;
    EXPECT_LT(Clock::now() - began, Duration(1000));
}

TEST_F(EnhancerTest, who_joins_late_has_a_budget_of_its_own) {
    backend.held = true;
    start();
    Crowd crowd(*this, 2, [this](int i) {
        auto q = question("hi");
        q.latest = i == 0 ? Deadline::after(Duration(60)) : Deadline();
        return q;
    });
    ASSERT_TRUE(crowd.run_until([&] { return crowd[0].done; }));
    EXPECT_EQ(crowd[0].answer.text, "hi");
    // The request ended with the time of who came first; the other has another one made.
    ASSERT_TRUE(crowd.run_until([this] { return backend.requests.size() == 2 && backend.waiting() == 1; }));
    EXPECT_FALSE(crowd[1].done);
    backend.release();
    ASSERT_TRUE(crowd.run_until([&] { return crowd[1].done; }));
    EXPECT_EQ(crowd[1].answer.text, "better: hi");
}

TEST_F(EnhancerTest, what_comes_back_after_the_time_is_kept_for_the_next_one) {
    config.fallback.budget = Duration(60);
    backend.held = true;
    start();
    EXPECT_EQ(answer("hi").text, "hi");
    backend.held = false;
    EXPECT_EQ(answer("hi").text, "better: hi");
}

// Half of it would not be known any more where the whole is looked for.
TEST_F(EnhancerTest, a_secret_in_what_went_wrong_is_taken_out_before_that_is_cut) {
    hide_secrets({"the-secret-key"});
    backend.says.insert_or_assign("usual", Error(errc::upstream_refused, std::string(295, 'x') + "the-secret-key"));
    start();
    const auto same = answer("hi");
    hide_secrets({});
    EXPECT_EQ(same.text, "hi");
    EXPECT_EQ(same.error.find("the-s"), std::string::npos) << same.error;
}

}  // namespace
}  // namespace agenthub::test

#include "activity/queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace agenthub {
namespace {

TEST(ActivityQueue, takes_as_many_jobs_as_its_limit_and_no_more) {
    ActivityQueue queue;
    for (std::size_t i = 0; i < ActivityQueue::kMaxJobs; ++i)
        EXPECT_TRUE(queue.submit(ActivityJob()));
    EXPECT_FALSE(queue.submit(ActivityJob()));
    queue.job_ended();
    EXPECT_TRUE(queue.submit(ActivityJob()));
}

TEST(ActivityQueue, takes_no_jobs_after_the_stop) {
    ActivityQueue queue;
    queue.stop(Deadline());
    EXPECT_FALSE(queue.submit(ActivityJob()));
}

TEST(ActivityQueue, a_stop_is_seen_however_early_it_came) {
    ActivityQueue queue;
    std::vector<BlockPtr> blocks;
    std::vector<ActivityJob> jobs;
    queue.stop(Deadline());
    EXPECT_TRUE(queue.wait(TimePoint::max(), false, blocks, jobs));
}

}  // namespace
}  // namespace agenthub

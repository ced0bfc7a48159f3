#include "bridge/write_queue.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(WriteQueue, everything_queued_is_taken_at_once_and_in_order) {
    WriteQueue queue(1000);
    EXPECT_TRUE(queue.empty());
    queue.open() += "a\n";
    queue.open() += "b\n";
    EXPECT_EQ(queue.waiting_bytes(), 4U);
    const auto bytes = queue.take();
    EXPECT_TRUE(queue.empty());
    queue.open() += "c\n";
    EXPECT_EQ(bytes, "a\nb\n") << "what is being written must stay as it was";
    EXPECT_EQ(queue.take(), "c\n");
    EXPECT_EQ(queue.take(), "");
}

TEST(WriteQueue, keeps_no_large_buffer_after_a_burst) {
    WriteQueue queue(10'000'000);
    queue.open().assign(1'000'000, 'x');
    EXPECT_EQ(queue.take().size(), 1'000'000U);
    for (int i = 0; i < 2; ++i) {
        queue.open() += "a\n";
        EXPECT_EQ(queue.take(), "a\n");
        EXPECT_LE(queue.open().capacity(), 64U * 1024) << i;
    }
}

TEST(WriteQueue, limit_is_exact_once_something_waits) {
    WriteQueue queue(10);
    EXPECT_TRUE(queue.has_room(1'000'000)) << "an empty queue takes one message of any size";
    queue.open() += "abcd";
    EXPECT_TRUE(queue.has_room(6));
    EXPECT_FALSE(queue.has_room(7));
    queue.take();
    EXPECT_TRUE(queue.has_room(1'000'000));
}

}  // namespace
}  // namespace agenthub

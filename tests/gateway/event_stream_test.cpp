#include "gateway/event_stream.hpp"

#include <gtest/gtest.h>

#include "tests/activity/activity_support.hpp"

namespace agenthub {
namespace {

using test::wait_for;

constexpr Duration kLong{60'000};
constexpr Duration kShort{5};

std::string event(std::string_view data) {
    return "event: message\ndata: " + std::string(data) + "\n\n";
}

struct Next {
    bool more = false;
    std::string bytes;
};

awaitable<Next> read_next(EventStream& stream, Duration heartbeat) {
    Next next;
    next.more = co_await stream.next(next.bytes, heartbeat);
    co_return next;
}

struct EventStreamTest : testing::Test {
    Next next(Duration heartbeat = kLong) { return wait_for(loop, read_next(stream, heartbeat)); }

    asio::io_context loop;
    EventStream stream{loop.get_executor(), 100};
};

TEST_F(EventStreamTest, gives_what_is_queued_in_order_and_at_once) {
    stream.push("1");
    stream.push("22");
    stream.push("333");
    const Next first = next();
    EXPECT_TRUE(first.more);
    EXPECT_EQ(first.bytes, event("1") + event("22") + event("333"));
    stream.push("4");
    EXPECT_EQ(next().bytes, event("4"));
}

TEST_F(EventStreamTest, says_when_nothing_came_within_the_heartbeat) {
    const Next quiet = next(kShort);
    EXPECT_TRUE(quiet.more);
    EXPECT_EQ(quiet.bytes, "");
    stream.push("1");
    EXPECT_EQ(next(kShort).bytes, event("1")) << "an event after a quiet time is not lost";
}

TEST_F(EventStreamTest, writes_what_was_queued_before_it_ends) {
    stream.push("1");
    stream.finish();
    stream.push("ignored");
    EXPECT_EQ(next().bytes, event("1"));
    const Next end = next();
    EXPECT_FALSE(end.more);
    EXPECT_EQ(end.bytes, "");
    EXPECT_FALSE(stream.broken());
}

TEST_F(EventStreamTest, ends_with_the_reply_under_the_clients_id) {
    const auto reply = mcp::Message::parse(R"({"jsonrpc":"2.0","result":{},"id":17})").value();
    stream.push("1");
    stream.finish_with(reply, "\"mine\"");
    stream.finish_with(reply, "\"again\"");
    EXPECT_EQ(next().bytes, event("1") + event(R"({"jsonrpc":"2.0","result":{},"id":"mine"})"));
    EXPECT_FALSE(next().more);
}

// What waits is counted as written, the new message without its frame.
std::size_t room_after(std::string_view first) {
    return 100 - event(first).size();
}

TEST_F(EventStreamTest, holds_the_limit) {
    stream.push("1");
    stream.push(std::string(room_after("1"), 'x'));
    EXPECT_FALSE(stream.overflowed());
    EXPECT_EQ(next().bytes, event("1") + event(std::string(room_after("1"), 'x')));
}

TEST_F(EventStreamTest, is_broken_off_by_one_byte_over_the_limit) {
    stream.push("1");
    stream.push(std::string(room_after("1") + 1, 'x'));
    EXPECT_TRUE(stream.overflowed());
    EXPECT_TRUE(stream.broken());
    EXPECT_FALSE(next().more);
    stream.push("2");
    EXPECT_FALSE(next().more);
}

TEST_F(EventStreamTest, takes_a_message_longer_than_the_limit_when_nothing_waits) {
    stream.push(std::string(1000, 'x'));
    EXPECT_FALSE(stream.broken());
    EXPECT_EQ(next().bytes, event(std::string(1000, 'x')));
}

TEST_F(EventStreamTest, never_loses_the_reply_to_the_limit) {
    const std::string text = R"({"jsonrpc":"2.0","id":1,"result":")" + std::string(1000, 'x') + "\"}";
    stream.push(std::string(90, 'y'));
    stream.finish_with(mcp::Message::parse(text).value(), "1");
    EXPECT_FALSE(stream.broken());
    EXPECT_EQ(next().bytes, event(std::string(90, 'y')) + event(text));
    EXPECT_FALSE(next().more);
}

TEST_F(EventStreamTest, drops_what_waits_when_it_is_broken_off) {
    stream.push("1");
    stream.break_off();
    EXPECT_TRUE(stream.broken());
    EXPECT_FALSE(stream.overflowed());
    const Next end = next();
    EXPECT_FALSE(end.more);
    EXPECT_EQ(end.bytes, "");
}

// The reader waits first; `act` wakes it.
template <class Act>
Next wake(asio::io_context& loop, EventStream& stream, Act act) {
    loop.restart();
    TaskGroup group(loop.get_executor());
    Next next;
    auto read = [](EventStream& from, Next& out) -> awaitable<void> { out = co_await read_next(from, kLong); };
    group.spawn(read(stream, next), "reader");
    loop.poll();
    EXPECT_EQ(group.size(), 1u) << "the reader waits";
    act();
    EXPECT_EQ(group.size(), 1u) << "resumed inside the call";
    auto join = [](TaskGroup& tasks) -> awaitable<void> { co_await tasks.join(); };
    loop.restart();
    run_to_end(loop, join(group));
    return next;
}

TEST_F(EventStreamTest, wakes_its_reader_for_an_event) {
    const Next woken = wake(loop, stream, [&] { stream.push("1"); });
    EXPECT_TRUE(woken.more);
    EXPECT_EQ(woken.bytes, event("1"));
}

TEST_F(EventStreamTest, wakes_its_reader_for_the_end) {
    EXPECT_FALSE(wake(loop, stream, [&] { stream.finish(); }).more);
}

TEST_F(EventStreamTest, wakes_its_reader_when_it_is_broken_off) {
    EXPECT_FALSE(wake(loop, stream, [&] { stream.break_off(); }).more);
}

}  // namespace
}  // namespace agenthub

#include "gateway/session_stream.hpp"

#include <gtest/gtest.h>

#include "gateway/session.hpp"
#include "tests/activity/activity_support.hpp"
#include "tests/support/sse.hpp"

namespace agenthub {
namespace {

using test::wait_for;
using Events = std::vector<test::SseEvent>;

awaitable<std::string> read_some(EventStream& stream) {
    std::string bytes;
    co_await stream.next(bytes, Duration{1});
    co_return bytes;
}

mcp::Message answer() {
    return mcp::Message::parse(R"({"jsonrpc":"2.0","id":9,"result":{}})").value();
}

struct SessionStreamTest : testing::Test {
    SessionStreamTest() {
        session.id = "a.00000000000000000000000000000000";
        session.caller.revision = mcp::Revision::r2025_06_18;
    }
    Events read(EventStream& connection) {
        test::SseParser parser;
        return parser.feed(wait_for(loop, read_some(connection)));
    }
    std::uint64_t position_of(const test::SseEvent& event) const {
        return settings.ids.read(session.id, event.id).value_or(EventCursor{0, 999}).position;
    }

    asio::io_context loop;
    Limits limits;
    StreamSettings settings{loop.get_executor(), limits};
    Session session;
};

TEST_F(SessionStreamTest, numbers_its_events_for_who_can_resume) {
    const auto stream = session.open_stream(settings, WhenFull::drop);
    const auto connection = stream->open();
    stream->push("1");
    stream->push("2");
    const Events events = read(*connection);
    ASSERT_EQ(events.size(), 2u) << "no priming event before 2025-11-25";
    EXPECT_EQ(position_of(events[0]), 1u);
    EXPECT_EQ(position_of(events[1]), 2u);
    EXPECT_EQ(events[0].retry, "");
}

TEST_F(SessionStreamTest, is_primed_since_2025_11_25_on_each_of_its_connections) {
    session.caller.revision = mcp::Revision::r2025_11_25;
    const auto stream = session.open_stream(settings, WhenFull::drop);
    const Events first = read(*stream->open());
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(position_of(first[0]), 0u);
    EXPECT_EQ(first[0].retry, "1000");
    EXPECT_TRUE(first[0].has_data);
    EXPECT_EQ(first[0].data, "");
    stream->push("1");
    const Events second = read(*stream->resume(1));
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(position_of(second[0]), 1u) << "who is cut off again resumes where it was";
}

TEST_F(SessionStreamTest, has_no_ids_where_nobody_can_resume) {
    const auto without_ids = [this] {
        const auto stream = session.open_stream(settings, WhenFull::drop);
        const auto connection = stream->open();
        stream->push("1");
        const Events events = read(*connection);
        return events.size() == 1 && !events[0].has_id && !stream->is_resumable() && session.streams_opened == 0;
    };
    session.caller.revision = mcp::Revision::r2024_11_05;
    EXPECT_TRUE(without_ids());
    session.caller.revision = mcp::Revision::r2025_11_25;
    session.over_sse = true;
    EXPECT_TRUE(without_ids());
    session.over_sse = false;
    limits.replay_bytes = 0;
    EXPECT_TRUE(without_ids());
    limits.replay_bytes = 1;
    EXPECT_FALSE(without_ids());
}

TEST_F(SessionStreamTest, gives_what_was_missed_and_then_the_rest_to_who_comes_back) {
    const auto stream = session.open_stream(settings, WhenFull::drop);
    const auto lost = stream->open();
    stream->push("1");
    lost->break_off();
    stream->push("2");
    EXPECT_TRUE(stream->is_heard());
    const auto back = stream->resume(1);
    stream->push("3");
    stream->finish_with(answer(), "7");
    const Events events = read(*back);
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].data, "2");
    EXPECT_EQ(events[1].data, "3");
    EXPECT_EQ(events[2].data, R"({"jsonrpc":"2.0","id":7,"result":{}})");
    EXPECT_TRUE(back->finished());
    EXPECT_TRUE(stream->is_over_at(4));
    EXPECT_FALSE(stream->is_over_at(3));
}

TEST_F(SessionStreamTest, is_carried_by_the_newest_connection_alone) {
    const auto stream = session.open_stream(settings, WhenFull::drop);
    const auto older = stream->open();
    stream->push("1");
    const auto newer = stream->resume(0);
    EXPECT_TRUE(older->broken());
    EXPECT_TRUE(stream->is_carried_by(newer.get()));
    stream->push("2");
    EXPECT_EQ(read(*newer).size(), 2u);
}

TEST_F(SessionStreamTest, refuses_to_give_a_part_of_what_was_missed) {
    limits.replay_bytes = 200;
    const auto stream = session.open_stream(settings, WhenFull::drop);
    for (int i = 0; i < 10; ++i)
        stream->push(std::to_string(i));
    EXPECT_EQ(stream->resume(0), nullptr);
    EXPECT_EQ(stream->resume(11), nullptr) << "never said";
    EXPECT_NE(stream->resume(9), nullptr);
}

TEST_F(SessionStreamTest, keeps_an_answer_that_finds_nobody_however_long_it_is) {
    limits.replay_bytes = 10;
    const auto lost = session.open_stream(settings, WhenFull::drop);
    lost->open()->break_off();
    lost->finish_with(answer(), "1");
    ASSERT_NE(lost->resume(0), nullptr);
    const auto heard = session.open_stream(settings, WhenFull::drop);
    const auto connection = heard->open();
    heard->finish_with(answer(), "1");
    EXPECT_EQ(heard->resume(0), nullptr) << "its connection has it";
    const auto doubtful = session.open_stream(settings, WhenFull::drop);
    const auto open = doubtful->open();
    doubtful->finish_with(answer(), "1", true);
    EXPECT_EQ(read(*open).size(), 1u) << "it may only have stopped sending";
    EXPECT_NE(doubtful->resume(0), nullptr);
}

TEST_F(SessionStreamTest, drops_for_a_slow_reader_before_it_numbers) {
    limits.stream_queue_bytes = 300;
    const auto stream = session.open_stream(settings, WhenFull::drop);
    const auto connection = stream->open();
    for (int i = 0; i < 20; ++i)
        stream->push(std::to_string(i));
    stream->finish_with(answer(), "1");
    const Events events = read(*connection);
    ASSERT_GT(events.size(), 2u);
    ASSERT_LT(events.size(), 20u);
    for (std::size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(position_of(events[i]), i + 1) << "no gap in the ids";
    EXPECT_EQ(events.back().data, R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_F(SessionStreamTest, of_get_is_broken_off_for_a_slow_reader_who_can_come_back_for_all) {
    limits.stream_queue_bytes = 300;
    const auto stream = session.open_general(settings);
    const auto connection = stream->open();
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(session.send(std::to_string(i)));
    EXPECT_TRUE(connection->broken());
    EXPECT_EQ(read(*stream->resume(0)).size(), 20u);
}

TEST_F(SessionStreamTest, ends_with_its_connection_when_it_cannot_be_resumed) {
    session.over_sse = true;
    const auto stream = session.open_general(settings);
    const auto connection = stream->open();
    EXPECT_TRUE(session.send("1"));
    connection->break_off();
    EXPECT_FALSE(session.send("2"));
}

TEST_F(SessionStreamTest, of_http_sse_loses_notifications_but_no_answer_to_a_slow_reader) {
    limits.stream_queue_bytes = 300;
    session.over_sse = true;
    const auto stream = session.open_general(settings);
    const auto connection = stream->open();
    for (int i = 0; i < 20; ++i)
        stream->push("notification " + std::to_string(i));
    EXPECT_TRUE(connection->overflowed());
    EXPECT_FALSE(connection->broken());
    for (int i = 0; i < 20; ++i)
        stream->reply(answer(), "1");
    EXPECT_TRUE(connection->broken()) << "rather than to lose an answer without a word";
}

TEST_F(SessionStreamTest, nobody_hears_a_session_that_has_never_listened) {
    EXPECT_FALSE(session.send("1"));
    EXPECT_EQ(session.streams, nullptr) << "and it costs nothing";
}

TEST_F(SessionStreamTest, sessions_keep_as_many_as_the_limit_says) {
    limits.streams_per_session = 2;
    const auto first = session.open_stream(settings, WhenFull::drop);
    const auto second = session.open_stream(settings, WhenFull::drop);
    EXPECT_FALSE(session.open_stream(settings, WhenFull::drop)->is_resumable()) << "both are in use";
    second->finish();
    const auto third = session.open_stream(settings, WhenFull::drop);
    EXPECT_TRUE(third->is_resumable());
    EXPECT_EQ(session.find_stream(second->number()), nullptr) << "the oldest that has ended gives way";
    EXPECT_EQ(session.find_stream(first->number()), first);
    EXPECT_EQ(session.find_stream(third->number()), third);
    EXPECT_EQ(third->number(), 3u) << "numbers are not given twice";
}

TEST_F(SessionStreamTest, sessions_forget_in_time_what_was_delivered) {
    const auto delivered = session.open_stream(settings, WhenFull::drop);
    const auto connection = delivered->open();
    delivered->finish_with(answer(), "1");
    const TimePoint later = Clock::now() + Duration{1};
    session.forget_streams(later);
    EXPECT_NE(session.find_stream(1), nullptr) << "not yet on its way";
    connection->set_written();
    session.forget_streams(later - Duration{1'000});
    EXPECT_NE(session.find_stream(1), nullptr);
    session.forget_streams(later);
    EXPECT_EQ(session.streams, nullptr);
    const auto doubtful = session.open_stream(settings, WhenFull::drop);
    const auto open = doubtful->open();
    doubtful->finish_with(answer(), "1", true);
    open->set_written();
    const auto dropped = session.open_stream(settings, WhenFull::drop);
    const auto first = dropped->open();
    dropped->drop_connection();
    first->set_written();
    dropped->finish_with(answer(), "1");
    session.forget_streams(Clock::now() + Duration{1});
    EXPECT_NE(session.find_stream(2), nullptr);
    EXPECT_NE(session.find_stream(3), nullptr) << "its answer waits for the client";
}

}  // namespace
}  // namespace agenthub

#include "gateway/session_table.hpp"

#include <gtest/gtest.h>

#include "gateway/legacy_exchange.hpp"

namespace agenthub {
namespace {

constexpr Duration kIdle{60'000};

// No call of these tests is answered with a stream.
// SessionTable's: a session that was used so recently is not given up for a new one.
constexpr Duration kSpared{30'000};

struct NoStream final : ReplyChannel {
    explicit NoStream(Executor executor) : stream(executor, 1000) {}
    EventStream& open() override { return stream; }
    EventStream stream;
};

struct SessionTableTest : testing::Test {
    SessionTable make(std::size_t limit) {
        return SessionTable(limit, kIdle, [this](Session& session) { ended.push_back(session.id); });
    }
    std::shared_ptr<Session> add(SessionTable& table, std::string_view server = "one") {
        return table.create(server, mcp::Caller(), now).value();
    }

    asio::io_context loop;
    Limits limits;
    StreamSettings settings{loop.get_executor(), limits};
    TimePoint now = Clock::now();
    std::vector<std::string> ended;
};

TEST_F(SessionTableTest, finds_a_session_at_its_own_server_only) {
    auto table = make(10);
    const auto session = add(table);
    EXPECT_EQ(session->caller.session_id, session->id);
    EXPECT_EQ(table.find(session->id, "one", now), session);
    EXPECT_EQ(table.find(session->id, "two", now), nullptr);
    EXPECT_EQ(table.find("a.00000000000000000000000000000000", "one", now), nullptr);
    EXPECT_EQ(table.find("", "one", now), nullptr);
}

TEST_F(SessionTableTest, takes_the_limit_and_refuses_one_over) {
    auto table = make(2);
    const auto first = add(table);
    add(table, "two");
    const auto refused = table.create("one", mcp::Caller(), now);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::busy);
    EXPECT_NE(refused.error().message.find("limits.sessions"), std::string::npos);
    EXPECT_EQ(table.size(), 2u);
    table.end(first);
    EXPECT_TRUE(table.create("one", mcp::Caller(), now).has_value());
}

TEST_F(SessionTableTest, makes_room_at_the_limit_by_ending_what_was_left_for_the_longest) {
    auto table = make(2);
    const auto old = add(table);
    now += Duration(1);
    const auto younger = add(table);
    now += kSpared - Duration(2);
    EXPECT_FALSE(table.create("one", mcp::Caller(), now).has_value()) << "both were used a moment ago";
    now += Duration(1);
    EXPECT_TRUE(table.create("one", mcp::Caller(), now).has_value());
    EXPECT_EQ(ended, std::vector{old->id});
    EXPECT_EQ(table.size(), 2u);
}

TEST_F(SessionTableTest, gives_no_session_up_that_listens_or_waits) {
    auto table = make(1);
    const auto session = add(table);
    const auto connection = session->open_general(settings)->open();
    now += 10 * kSpared;
    EXPECT_FALSE(table.create("one", mcp::Caller(), now).has_value());
    connection->break_off();
    EXPECT_TRUE(table.create("one", mcp::Caller(), now).has_value());
}

TEST_F(SessionTableTest, expires_after_the_idle_time_and_not_before) {
    auto table = make(10);
    const auto session = add(table);
    table.expire(now + kIdle - Duration(1));
    EXPECT_EQ(table.size(), 1u);
    table.expire(now + kIdle);
    EXPECT_EQ(table.size(), 0u);
    EXPECT_EQ(table.find(session->id, "one", now), nullptr);
    EXPECT_EQ(ended, std::vector{session->id});
}

TEST_F(SessionTableTest, counts_idle_time_from_the_last_use) {
    auto table = make(10);
    const auto session = add(table);
    now += kIdle - Duration(1);
    EXPECT_NE(table.find(session->id, "one", now), nullptr);
    table.expire(now + kIdle - Duration(1));
    EXPECT_EQ(table.size(), 1u);
    EXPECT_EQ(table.find(session->id, "two", now + kIdle), nullptr);
    table.expire(now + kIdle);
    EXPECT_EQ(table.size(), 0u) << "asking at another server is no use of the session";
}

TEST_F(SessionTableTest, never_expires_a_session_with_an_open_stream) {
    auto table = make(10);
    const auto session = add(table);
    const auto connection = session->open_general(settings)->open();
    table.expire(now + 10 * kIdle);
    EXPECT_EQ(table.size(), 1u);
    connection->break_off();
    table.expire(now + 10 * kIdle);
    EXPECT_EQ(table.size(), 0u);
}

TEST_F(SessionTableTest, never_expires_a_session_with_a_call_in_flight) {
    auto table = make(10);
    const auto session = add(table);
    NoStream channel(loop.get_executor());
    auto request = mcp::Message::parse(R"({"jsonrpc":"2.0","id":"x","method":"tools/list"})").value();
    {
        LegacyExchange exchange(std::move(request), session, Deadline(), channel);
        EXPECT_EQ(session->find_in_flight(R"("x")"), &exchange);
        EXPECT_EQ(session->find_in_flight("x"), nullptr);
        table.expire(now + 10 * kIdle);
        EXPECT_EQ(table.size(), 1u);
    }
    EXPECT_EQ(session->find_in_flight(R"("x")"), nullptr);
    table.expire(now + 10 * kIdle);
    EXPECT_EQ(table.size(), 0u);
}

TEST_F(SessionTableTest, ends_a_session_once_and_finishes_its_stream) {
    auto table = make(10);
    const auto session = add(table);
    const auto stream = session->open_general(settings)->open();
    table.end(session);
    table.end(session);
    EXPECT_TRUE(stream->finished());
    EXPECT_EQ(ended, std::vector{session->id});
    EXPECT_EQ(table.find(session->id, "one", now), nullptr);
    EXPECT_TRUE(table.of_endpoint("one").empty());
}

TEST_F(SessionTableTest, ends_all_by_references_into_itself) {
    auto table = make(100);
    for (int i = 0; i < 50; ++i)
        add(table, i % 2 == 0 ? "one" : "two");  // nobody else holds them
    table.end_all();
    EXPECT_EQ(table.size(), 0u);
    EXPECT_EQ(ended.size(), 50u);
    EXPECT_TRUE(table.of_endpoint("one").empty());
    EXPECT_TRUE(table.of_endpoint("two").empty());
}

TEST_F(SessionTableTest, lists_the_sessions_of_each_server) {
    auto table = make(10);
    const auto a = add(table, "one");
    const auto b = add(table, "two");
    const auto c = add(table, "one");
    EXPECT_EQ(table.of_endpoint("one"), (std::vector<Session*>{a.get(), c.get()}));
    EXPECT_EQ(table.of_endpoint("two"), std::vector<Session*>{b.get()});
    EXPECT_TRUE(table.of_endpoint("three").empty());
    table.end(a);
    EXPECT_EQ(table.of_endpoint("one"), std::vector<Session*>{c.get()});
}

TEST_F(SessionTableTest, ends_all_sessions_of_one_server_and_no_other) {
    auto table = make(10);
    const auto a = add(table, "one");
    const auto b = add(table, "two");
    const auto c = add(table, "one");
    table.end_of_endpoint("one");
    EXPECT_EQ(ended, (std::vector<std::string>{a->id, c->id}));
    EXPECT_EQ(table.find(b->id, "two", now), b);
    EXPECT_TRUE(table.of_endpoint("one").empty());
    table.end_of_endpoint("nobody");
    EXPECT_EQ(table.size(), 1u);
}

TEST_F(SessionTableTest, lets_who_is_told_of_an_end_look_at_what_is_left) {
    std::size_t left = 99;
    SessionTable* seen = nullptr;
    SessionTable table(10, kIdle, [&](Session& session) { left = seen->of_endpoint(session.endpoint).size(); });
    seen = &table;
    const auto a = add(table);
    add(table);
    table.end(a);
    EXPECT_EQ(left, 1u);
}

}  // namespace
}  // namespace agenthub

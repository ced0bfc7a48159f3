// How many streams are kept, how much of them, and connections that AgentHub drops itself.

#include <gtest/gtest.h>

#include "tests/integration/resume_fixture.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

struct OfThreeStreams : Resume {
    OfThreeStreams() : Resume({{"streams_per_session", 3}}) {}
};

TEST_F(OfThreeStreams, the_oldest_that_has_ended_is_forgotten_for_the_fourth) {
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}}).events.at(0).id);
    EXPECT_EQ(resume(ids[0])->status(), 200);
    ids.push_back(client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}}).events.at(0).id);
    const auto forgotten = resume(ids[0]);
    EXPECT_TRUE(forgotten->wait_for_end());
    EXPECT_EQ(forgotten->status(), 400);
    EXPECT_NE(forgotten->body().find("too old"), std::string::npos) << forgotten->body();
    for (std::size_t i = 1; i < ids.size(); ++i)
        EXPECT_EQ(resume(ids[i])->status(), 200);
}

TEST_F(OfThreeStreams, a_fourth_at_a_time_works_without_ids) {
    const json work = {{"every_ms", 20}, {"for_ms", 60'000}};
    std::vector<std::unique_ptr<CutStream>> open;
    for (int i = 0; i < 4; ++i) {
        open.push_back(std::make_unique<CutStream>(client_, call_line("work", work, 10 + i)));
        ASSERT_TRUE(open.back()->read_events(2));
        EXPECT_EQ(open.back()->events()[1].has_id, i < 3) << i;
    }
    for (int i = 0; i < 4; ++i)
        client_.notify("notifications/cancelled", {{"requestId", 10 + i}});
    EXPECT_TRUE(wait_until([&] { return is_quiet(); }));
}

struct OfTwoThousandBytes : Resume {
    OfTwoThousandBytes() : Resume({{"replay_bytes", 2000}}) {}
};

TEST_F(OfTwoThousandBytes, what_was_dropped_is_refused_and_the_rest_is_given) {
    const Reply reply = client_.call("progress", {{"n", 50}}, {{"progressToken", "p"}});
    ASSERT_EQ(with_messages(reply.events).size(), 51U);
    EXPECT_EQ(resume(reply.events.at(0).id)->status(), 400);
    const auto last = resume(reply.events.at(reply.events.size() - 3).id);
    EXPECT_TRUE(last->wait_for_end());
    EXPECT_EQ(last->messages().size(), 2U);
    // The bound lies where the bytes of what follows exceed it.
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (auto it = reply.events.rbegin(); it != reply.events.rend() && !it->data.empty(); ++it) {
        bytes += std::string("event: message\nid: \ndata: \n\n").size() + it->id.size() + it->data.size();
        kept += bytes <= 2000 ? 1 : 0;
    }
    const std::size_t end = reply.events.size() - 1;
    EXPECT_EQ(resume(reply.events.at(end - kept).id)->status(), 200);
    EXPECT_EQ(resume(reply.events.at(end - kept - 1).id)->status(), 400);
}

struct SlowReader : Resume {
    SlowReader() : Resume({{"stream_queue_bytes", 100'000}, {"replay_bytes", 64 << 20}}) {}
};

TEST_F(SlowReader, of_the_get_stream_is_cut_off_and_gets_all_the_rest_when_it_comes_back) {
    constexpr std::size_t kMany = 60'000;
    CutStream slow(client_, CutStream::Get());
    ASSERT_TRUE(slow.read_events(1));
    client_.call("list_changed", {{"n", kMany}, {"kind", "prompts"}});
    while (slow.read_events(slow.events().size() + 1)) {
    }
    ASSERT_LT(slow.events().size(), kMany) << "nothing was too much for its connection";
    CutStream back(client_, CutStream::Get{slow.last_id()});
    ASSERT_TRUE(back.read_events(1 + kMany - (slow.events().size() - 1)));
    std::vector<SseEvent> all = with_messages(slow.events());
    for (auto& event : with_messages(back.events()))
        all.push_back(std::move(event));
    ASSERT_EQ(all.size(), kMany);
    for (std::size_t i = 0; i < all.size(); ++i)
        ASSERT_EQ(place_of(all[i]).second, i + 1);
}

struct Polling : Resume {
    Polling() : Resume({{"poll_after", "300ms"}, {"replay_bytes", 2000}}) {}
};

TEST_F(Polling, a_long_call_is_dropped_and_its_answer_waits_for_the_client) {
    const std::string text = "in time";
    const std::string line = rpc("tools/call", {{"name", "sleep"}, {"arguments", {{"ms", 1500}, {"text", text}}}}, 7);
    CutStream stream(client_, line);
    ASSERT_TRUE(stream.read_events(1));
    const SseEvent primed = stream.events().at(0);
    EXPECT_EQ(primed.data, "");
    EXPECT_EQ(primed.retry, "1000");
    EXPECT_TRUE(stream.wait_closed());
    EXPECT_NE(stream.text().find("Connection: close"), std::string::npos);
    EXPECT_FALSE(is_quiet()) << "the call goes on";
    // A client that comes back too early waits for it, told once more where it is; one that comes late finds it.
    const auto early = resume(primed.id);
    EXPECT_TRUE(early->wait_for_end());
    ASSERT_EQ(early->messages().size(), 1U);
    EXPECT_EQ(early->events().at(0).id, primed.id);
    EXPECT_EQ(early->messages()[0]["result"]["content"][0]["text"], text);
}

TEST_F(Polling, a_long_answer_that_found_nobody_waits_however_long_it_is) {
    const std::string text(5000, 'x');  // longer than what is kept otherwise
    CutStream stream(client_, rpc("tools/call", {{"name", "sleep"}, {"arguments", {{"ms", 700}, {"text", text}}}}, 7));
    ASSERT_TRUE(stream.read_events(1));
    EXPECT_TRUE(stream.wait_closed());
    ASSERT_TRUE(wait_until([&] { return is_quiet(); }));
    const auto late = resume(stream.last_id());
    EXPECT_TRUE(late->wait_for_end());
    ASSERT_EQ(late->messages().size(), 1U);
    EXPECT_EQ(late->messages()[0]["result"]["content"][0]["text"], text);
}

TEST_F(Polling, a_quick_call_is_answered_as_ever) {
    const Reply reply = client_.call("echo", {{"text", "quick"}});
    EXPECT_FALSE(reply.is_stream());
    EXPECT_EQ(reply.text(), "quick");
}

TEST_F(Polling, leaves_clients_alone_that_could_not_come_back) {
    McpClient old(daemon_.port());
    old.initialize("2025-06-18");
    EXPECT_EQ(old.call("sleep", {{"ms", 700}, {"text", "slept"}}).text(), "slept");
}

TEST_F(Polling, the_get_stream_stays) {
    const auto stream = client_.get_stream();
    client_.call("sleep", {{"ms", 700}});
    client_.call("list_changed");
    EXPECT_TRUE(stream->wait_for_count(1));
}

TEST_F(Resume, nothing_is_dropped_unless_it_is_configured) {
    const Reply reply = client_.call("sleep", {{"ms", 400}, {"text", "slept"}});
    EXPECT_FALSE(reply.is_stream());
    EXPECT_EQ(reply.text(), "slept");
}

struct WithoutReplay : Resume {
    WithoutReplay() : Resume({{"replay_bytes", 0}, {"poll_after", "100ms"}}) {}
};

TEST_F(WithoutReplay, events_have_no_ids_and_calls_are_not_dropped) {
    const Reply reply = client_.call("work", {{"every_ms", 50}, {"for_ms", 400}}, {{"progressToken", "p"}});
    ASSERT_TRUE(reply.is_stream());
    EXPECT_FALSE(reply.response().is_discarded());
    for (const SseEvent& event : reply.events)
        EXPECT_FALSE(event.has_id);
}

}  // namespace
}  // namespace agenthub::test

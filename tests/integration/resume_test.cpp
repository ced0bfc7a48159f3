// Streams that outlive their connection, on the real binary.

#include <gtest/gtest.h>

#include "tests/integration/resume_fixture.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST_F(Resume, a_call_goes_on_when_its_client_is_cut_off_and_the_client_hears_the_rest) {
    const auto seen = cut_call(400, 7);
    expect_the_rest(seen, *resume(seen.back().id), 7);
}

TEST_F(Resume, an_answer_that_came_meanwhile_waits_for_the_client) {
    const auto seen = cut_call(100, 7);
    ASSERT_TRUE(wait_until([&] { return is_quiet(); }));
    expect_the_rest(seen, *resume(seen.back().id), 7);
    expect_the_rest(seen, *resume(seen.back().id), 7);  // as often as it likes
}

TEST_F(Resume, who_has_everything_is_told_that_nothing_follows) {
    const Reply reply = client_.call("progress", {{"n", 2}}, {{"progressToken", "p"}});
    ASSERT_TRUE(reply.is_stream());
    auto fields = client_.protocol_headers();
    fields.emplace("Last-Event-ID", reply.events.back().id);
    EXPECT_EQ(client_.send("GET", "", fields).status, 204);
    const auto before = resume(reply.events.at(reply.events.size() - 2).id);
    EXPECT_TRUE(before->wait_for_end());
    EXPECT_EQ(before->messages().size(), 1U);
}

TEST_F(Resume, a_newer_connection_takes_the_stream_from_the_older) {
    const auto seen = cut_call(2'000, 7);
    const auto first = resume(seen.back().id);
    EXPECT_TRUE(first->wait_for_count(2));
    const auto second = resume(seen.back().id);
    EXPECT_TRUE(first->wait_for_end());
    EXPECT_FALSE(is_quiet()) << "it was taken over, it did not end";
    expect_the_rest(seen, *second, 7);
}

TEST_F(Resume, since_2025_11_25_each_stream_begins_with_a_priming_event) {
    const Reply call = client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}});
    const auto get = client_.get_stream();
    ASSERT_TRUE(wait_until([&] { return !get->events().empty(); }));
    for (const SseEvent& event : {call.events.at(0), get->events().at(0)}) {
        EXPECT_TRUE(event.has_id);
        EXPECT_TRUE(event.has_data);
        EXPECT_EQ(event.data, "");
        EXPECT_EQ(event.retry, "1000");
    }
}

TEST_F(Resume, older_revisions_have_ids_without_priming) {
    for (const std::string version : {"2025-03-26", "2025-06-18"}) {
        McpClient old(daemon_.port());
        old.initialize(version);
        const Reply call = old.call("progress", {{"n", 2}}, {{"progressToken", "p"}});
        ASSERT_GE(call.events.size(), 3U);
        for (std::size_t i = 0; i < call.events.size(); ++i) {
            EXPECT_EQ(place_of(call.events[i]).second, i + 1);
            EXPECT_EQ(call.events[i].retry, "");
            EXPECT_NE(call.events[i].data, "");
        }
        const auto again = old.get_stream(call.events.at(0).id);
        EXPECT_TRUE(again->wait_for_end());
        EXPECT_EQ(again->messages().size(), call.events.size() - 1);
    }
}

TEST_F(Resume, batches_can_be_resumed_too) {
    McpClient old(daemon_.port());
    old.initialize("2025-03-26");
    const std::string batch = "[" + rpc("ping", nullptr, 1) + "," + call_line("work", {{"for_ms", 200}}, 2) + "]";
    std::vector<SseEvent> seen;
    {
        CutStream stream(old, batch);
        ASSERT_TRUE(stream.read_events(1));
        seen = stream.events();
    }
    const auto rest = old.get_stream(seen.at(0).id);
    EXPECT_TRUE(rest->wait_for_end());
    const auto messages = rest->messages();
    ASSERT_FALSE(messages.empty());
    EXPECT_EQ(messages.back().value("id", 0), 2);
}

TEST_F(Resume, the_get_stream_keeps_what_was_said_while_nobody_listened) {
    auto stream = client_.get_stream();
    client_.call("list_changed", {{"kind", "tools"}});
    ASSERT_TRUE(stream->wait_for_count(1));
    const std::string last = stream->events().back().id;
    stream.reset();
    client_.call("list_changed", {{"kind", "prompts"}});
    client_.call("list_changed", {{"kind", "resources"}});
    const auto back = resume(last);
    ASSERT_TRUE(back->wait_for_count(2));
    EXPECT_EQ(back->messages()[0]["method"], "notifications/prompts/list_changed");
    EXPECT_EQ(back->messages()[1]["method"], "notifications/resources/list_changed");
    client_.call("list_changed", {{"kind", "tools"}});
    EXPECT_TRUE(back->wait_for_count(3)) << "and then the live rest";
    EXPECT_EQ(client_.send("GET", "", client_.protocol_headers()).status, 409) << "it is the session's GET stream";
}

TEST_F(Resume, a_resumed_stream_may_be_open_beside_the_general_one) {
    const auto general = client_.get_stream();
    const auto seen = cut_call(300, 7);
    const auto resumed = resume(seen.back().id);
    EXPECT_EQ(resumed->status(), 200);
    expect_the_rest(seen, *resumed, 7);
    EXPECT_TRUE(general->messages().empty()) << "a message is on one stream";
    client_.call("list_changed");
    EXPECT_TRUE(general->wait_for_count(1));
}

TEST_F(Resume, ids_of_others_and_invented_ones_are_refused) {
    const Reply mine = client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}});
    McpClient other(daemon_.port());
    other.initialize();
    other.call("progress", {{"n", 1}}, {{"progressToken", "p"}});
    std::string forged = mine.events.at(0).id;
    forged.back() = forged.back() == '0' ? '1' : '0';
    const std::string good = mine.events.at(0).id;
    for (const std::string& id : {forged, std::string("1"), std::string("1-0-0"), "2" + good.substr(1), good + "0"}) {
        const auto refused = client_.get_stream(id);
        EXPECT_TRUE(refused->wait_for_end());
        EXPECT_EQ(refused->status(), 400) << id;
        EXPECT_EQ(json::parse(refused->body())["error"]["code"], -32000) << id;
    }
    const auto foreign = other.get_stream(good);
    EXPECT_TRUE(foreign->wait_for_end());
    EXPECT_EQ(foreign->status(), 400);
    EXPECT_NE(foreign->body().find("not given out in this session"), std::string::npos) << foreign->body();
    EXPECT_EQ(resume(good)->status(), 200);
}

TEST_F(Resume, ids_end_with_their_session) {
    const Reply mine = client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}});
    client_.end_session();
    EXPECT_EQ(resume(mine.events.at(0).id)->status(), 404);
}

}  // namespace
}  // namespace agenthub::test

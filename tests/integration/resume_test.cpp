// Streams that outlive their connection, on the real binary.

#include <gtest/gtest.h>

#include "tests/support/cut_stream.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

// The number of the stream, and the position in it.
std::pair<std::string, std::size_t> place_of(const SseEvent& event) {
    const auto first = event.id.find('-');
    return {event.id.substr(0, first), std::stoul("0" + event.id.substr(first + 1), nullptr, 16)};
}

std::string call_line(const std::string& tool, const json& arguments, int id) {
    return rpc("tools/call", {{"name", tool}, {"arguments", arguments}, {"_meta", {{"progressToken", id}}}}, id);
}

std::vector<SseEvent> with_messages(std::vector<SseEvent> events) {
    std::erase_if(events, [](const SseEvent& event) { return event.data.empty(); });
    return events;
}

class Resume : public ::testing::Test {
protected:
    explicit Resume(const json& limits = json::object()) : daemon_(config(limits)), client_(daemon_.port()) {
        client_.initialize();
    }
    static json config(const json& limits) {
        json out = hostile_config();
        out["limits"] = limits;
        return out;
    }
    std::unique_ptr<EventStream> resume(const std::string& id) { return client_.get_stream(id); }
    bool is_quiet() const {
        httplib::Client http("127.0.0.1", daemon_.port());
        return json::parse(http.Get("/servers/hostile")->body)["calls"]["running"] == 0;
    }
    // A call's stream whose connection is cut after the first message; the call goes on.
    std::vector<SseEvent> cut_call(int milliseconds, int id) {
        CutStream stream(client_, call_line("work", {{"every_ms", 20}, {"for_ms", milliseconds}}, id));
        EXPECT_TRUE(stream.read_events(2));
        return stream.events();
    }
    // After `seen` comes the rest, each once and in order, and the answer to `id` as the last.
    static void expect_the_rest(const std::vector<SseEvent>& seen, const EventStream& resumed, int id) {
        EXPECT_TRUE(resumed.wait_for_end());
        const auto rest = with_messages(resumed.events());
        ASSERT_FALSE(rest.empty()) << resumed.status() << resumed.body();
        const auto [stream, position] = place_of(seen.back());
        for (std::size_t i = 0; i < rest.size(); ++i) {
            EXPECT_EQ(place_of(rest[i]).first, stream);
            EXPECT_EQ(place_of(rest[i]).second, position + 1 + i);
        }
        EXPECT_EQ(json::parse(rest.back().data).value("id", 0), id);
        for (std::size_t i = 0; i + 1 < rest.size(); ++i)
            EXPECT_EQ(json::parse(rest[i].data).value("method", ""), "notifications/progress");
    }

    Daemon daemon_;
    McpClient client_;
};

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
    EXPECT_EQ(resume(reply.events.back().id)->status(), 204);
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
        EXPECT_EQ(refused->status(), 400) << id;
        EXPECT_EQ(json::parse(refused->body())["error"]["code"], -32000) << id;
    }
    const auto foreign = other.get_stream(good);
    EXPECT_EQ(foreign->status(), 400);
    EXPECT_NE(foreign->body().find("not given out in this session"), std::string::npos) << foreign->body();
    EXPECT_EQ(resume(good)->status(), 200);
}

TEST_F(Resume, ids_end_with_their_session) {
    const Reply mine = client_.call("progress", {{"n", 1}}, {{"progressToken", "p"}});
    client_.end_session();
    EXPECT_EQ(resume(mine.events.at(0).id)->status(), 404);
}

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

struct Polling : Resume {
    Polling() : Resume({{"poll_after", "300ms"}, {"replay_bytes", 2000}}) {}
};

TEST_F(Polling, a_long_call_is_dropped_and_its_answer_waits_for_the_client) {
    const std::string text(5000, 'x');  // longer than what is kept otherwise
    const std::string line = rpc("tools/call", {{"name", "sleep"}, {"arguments", {{"ms", 1500}, {"text", text}}}}, 7);
    CutStream stream(client_, line);
    ASSERT_TRUE(stream.read_events(1));
    const SseEvent primed = stream.events().at(0);
    EXPECT_EQ(primed.data, "");
    EXPECT_EQ(primed.retry, "1000");
    EXPECT_TRUE(stream.wait_closed());
    EXPECT_NE(stream.text().find("Connection: close"), std::string::npos);
    EXPECT_FALSE(is_quiet()) << "the call goes on";
    // A client that comes back too early is dropped again, and told once more where it is.
    const auto early = resume(primed.id);
    EXPECT_TRUE(early->wait_for_end());
    ASSERT_EQ(early->events().size(), 1U);
    EXPECT_EQ(early->events()[0].id, primed.id);
    ASSERT_TRUE(wait_until([&] { return is_quiet(); }));
    const auto late = resume(early->events()[0].id);
    EXPECT_TRUE(late->wait_for_end());
    ASSERT_EQ(late->messages().size(), 1U);
    EXPECT_EQ(late->messages()[0]["result"]["content"][0]["text"], text);
}

TEST_F(Polling, a_quick_call_is_answered_as_ever) {
    const Reply reply = client_.call("echo", {{"text", "quick"}});
    EXPECT_FALSE(reply.is_stream());
    EXPECT_EQ(reply.header("Connection"), "");
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

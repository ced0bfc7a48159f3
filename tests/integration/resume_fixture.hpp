// A session whose streams are cut and resumed.
// Shared by the tests of resuming.

#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/support/cut_stream.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {

// The number of the stream, and the position in it.
inline std::pair<std::string, std::size_t> place_of(const SseEvent& event) {
    const auto first = event.id.find('-');
    return {event.id.substr(0, first), std::stoul("0" + event.id.substr(first + 1), nullptr, 16)};
}

inline std::string call_line(const std::string& tool, const nlohmann::json& arguments, int id) {
    return rpc("tools/call", {{"name", tool}, {"arguments", arguments}, {"_meta", {{"progressToken", id}}}}, id);
}

inline std::vector<SseEvent> with_messages(std::vector<SseEvent> events) {
    std::erase_if(events, [](const SseEvent& event) { return event.data.empty(); });
    return events;
}

class Resume : public ::testing::Test {
protected:
    explicit Resume(const nlohmann::json& limits = nlohmann::json::object())
        : daemon_(config(limits)), client_(daemon_.port()) {
        client_.initialize();
    }
    static nlohmann::json config(const nlohmann::json& limits) {
        nlohmann::json out = hostile_config();
        out["limits"] = limits;
        return out;
    }
    std::unique_ptr<EventStream> resume(const std::string& id) { return client_.get_stream(id); }
    bool is_quiet() const {
        httplib::Client http("127.0.0.1", daemon_.port());
        return nlohmann::json::parse(http.Get("/servers/hostile")->body)["calls"]["running"] == 0;
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
        EXPECT_EQ(nlohmann::json::parse(rest.back().data).value("id", 0), id);
        for (std::size_t i = 0; i + 1 < rest.size(); ++i)
            EXPECT_EQ(nlohmann::json::parse(rest[i].data).value("method", ""), "notifications/progress");
    }

    Daemon daemon_;
    McpClient client_;
};

}  // namespace agenthub::test

#include "gateway/hub_tools.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "gateway/hub_server.hpp"
#include "tests/activity/activity_support.hpp"
#include "tests/bridge/test_exchange.hpp"
#include "tests/gateway/idle_supervisor.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

json tools() {
    return json::parse(hub_tool_list())["tools"];
}

TEST(HubTools, are_described_well_enough_to_be_called) {
    std::set<std::string> names;
    for (const auto& tool : tools()) {
        const auto name = tool.at("name").get<std::string>();
        EXPECT_TRUE(names.insert(name).second) << name << " twice";
        EXPECT_GT(tool.at("description").get<std::string>().size(), 20u) << name;
        EXPECT_FALSE(tool.at("title").get<std::string>().empty()) << name;
        const auto& schema = tool.at("inputSchema");
        EXPECT_EQ(schema.at("type"), "object") << name;
        const auto& properties = schema.at("properties");
        EXPECT_TRUE(properties.is_object()) << name;
        for (const auto& [property, type] : properties.items())
            EXPECT_TRUE(type.contains("type")) << name << "." << property;
        for (const auto& required : schema.value("required", json::array()))
            EXPECT_TRUE(properties.contains(required.get<std::string>())) << name;
        EXPECT_TRUE(tool.at("annotations").at("readOnlyHint").is_boolean()) << name;
    }
    EXPECT_EQ(names, (std::set<std::string>{"list_servers", "restart_server", "search_activity", "server_status"}));
}

TEST(HubTools, warn_of_the_one_that_disturbs_others) {
    for (const auto& tool : tools()) {
        const bool changes = tool["name"] == "restart_server";
        EXPECT_EQ(tool["annotations"]["readOnlyHint"], !changes);
        EXPECT_EQ(tool["annotations"].value("destructiveHint", false), changes);
    }
}

TEST(HubTools, name_every_outcome_that_a_search_can_find) {
    json names;
    for (const auto& tool : tools())
        if (tool["name"] == "search_activity")
            names = tool["inputSchema"]["properties"]["outcome"]["enum"];
    for (const auto outcome : {Outcome::ok, Outcome::error, Outcome::tool_error, Outcome::failed, Outcome::cancelled,
                               Outcome::refused, Outcome::overflow})
        EXPECT_NE(std::find(names.begin(), names.end(), to_string(outcome)), names.end()) << to_string(outcome);
    EXPECT_EQ(names.size(), 7u);
}

struct HubServerTest : testing::Test {
    json ask(std::string method, std::string params) {
        const auto reply = test::wait_for(supervised.loop, hub.request(method, params, Deadline()));
        EXPECT_TRUE(reply.has_value());
        return reply ? json::parse(reply->text()) : json();
    }
    json call(const std::string& tool, const json& arguments) {
        const json params = {{"name", tool}, {"arguments", arguments}};
        return ask("tools/call", params.dump())["result"];
    }

    test::TempDir dir;
    IdleSupervisor supervised{{server_named("one")}};
    ActivityService activity{supervised.loop.get_executor(), test::options_in(dir.path())};
    HubServer hub{supervised.supervisor, activity};
};

TEST_F(HubServerTest, knows_every_tool_it_lists) {
    EXPECT_EQ(ask("tools/list", "")["result"]["tools"], tools());
    for (const auto& tool : tools()) {
        const auto result = call(tool["name"].get<std::string>(), {{"server", "none"}});
        EXPECT_EQ(result["content"][0]["type"], "text") << tool["name"];
        EXPECT_TRUE(result["isError"].is_boolean()) << tool["name"];
    }
}

TEST_F(HubServerTest, answers_with_the_documents_of_the_administrative_routes) {
    EXPECT_EQ(call("list_servers", json::object())["structuredContent"]["servers"][0]["name"], "one");
    EXPECT_EQ(call("server_status", {{"server", "one"}})["structuredContent"]["process"]["status"], "stopped");
    const auto page = call("search_activity", {{"limit", 5}});
    EXPECT_EQ(page["isError"], false);
    EXPECT_EQ(page["structuredContent"]["limit"], 5);
}

TEST_F(HubServerTest, tells_the_model_which_servers_there_are) {
    for (const char* tool : {"server_status", "restart_server"}) {
        const auto result = call(tool, {{"server", "missing"}});
        EXPECT_EQ(result["isError"], true);
        const auto text = result["content"][0]["text"].get<std::string>();
        EXPECT_NE(text.find("missing"), std::string::npos);
        EXPECT_NE(text.find("one"), std::string::npos);
        EXPECT_FALSE(result.contains("structuredContent"));
    }
}

TEST_F(HubServerTest, refuses_what_it_does_not_know) {
    EXPECT_EQ(ask("tools/call", R"({"name":"kill"})")["error"]["code"], -32602);
    EXPECT_EQ(ask("tools/call", R"({})")["error"]["code"], -32602);
    EXPECT_EQ(ask("tools/call", "")["error"]["code"], -32602);
    EXPECT_EQ(ask("tools/call", R"({"name":7})")["error"]["code"], -32602);
    EXPECT_EQ(ask("tools/call", R"({"name":"list_servers","arguments":[]})")["error"]["code"], -32602);
    EXPECT_EQ(ask("resources/list", "")["error"]["code"], -32601);
}

TEST_F(HubServerTest, a_search_knows_every_filter_of_the_route) {
    ActivityRecord record;
    record.unix_ms = 1'785'242'096'000;
    record.http_method = "POST";
    record.outcome = Outcome::failed;
    record.error_text = "connection refused by the server";
    activity.log().record(record);
    const auto total = [this](const json& filters) {
        const auto page = call("search_activity", filters);
        EXPECT_EQ(page["isError"], false) << page.dump();
        return page["structuredContent"].value("total", -1);
    };
    ASSERT_TRUE(test::wait_for(supervised.loop, activity.flush(Deadline::after(std::chrono::seconds(10)))));
    EXPECT_EQ(total(json::object()), 1);
    EXPECT_EQ(total({{"since", "2026-07-28T12:34:56Z"}, {"until", "2026-07-28T12:34:57Z"}}), 1);
    EXPECT_EQ(total({{"since", 1'785'242'097}}), 0);
    EXPECT_EQ(total({{"until", "2026-07-28"}}), 0);
    EXPECT_EQ(total({{"error", "REFUSED connect*"}}), 1);
    EXPECT_EQ(total({{"error", "timeout"}}), 0);
    EXPECT_EQ(total({{"method", "POST"}}), 1);
    EXPECT_EQ(total({{"method", "GET"}}), 0);
}

TEST_F(HubServerTest, a_search_takes_numbers_as_models_write_them) {
    const auto page = call("search_activity", {{"limit", "7"}, {"offset", 2}, {"tool", nullptr}});
    EXPECT_EQ(page["isError"], false);
    EXPECT_EQ(page["structuredContent"]["limit"], 7);
    EXPECT_EQ(page["structuredContent"]["offset"], 2);
}

TEST_F(HubServerTest, a_search_that_cannot_be_meant_is_refused_by_its_name) {
    for (const json& wrong : {json{{"offset", "x"}}, json{{"limit", 1.5}}, json{{"since", "soon"}},
                              json{{"until", true}}, json{{"error", "*"}}, json{{"outcome", "fine"}}}) {
        const auto page = call("search_activity", wrong);
        EXPECT_EQ(page["isError"], true) << wrong.dump();
        const auto text = page["content"][0]["text"].get<std::string>();
        EXPECT_NE(text.find("the argument '" + wrong.begin().key() + "'"), std::string::npos) << text;
    }
}

// A tree of them would be put together in quadratic time, and keep every client waiting for minutes.
TEST_F(HubServerTest, very_many_arguments_cost_no_more_than_their_bytes) {
    std::string params = R"({"name":"server_status","arguments":{)";
    for (int i = 0; i < 1'000'000; ++i)
        params += "\"" + std::to_string(i) + "\":0,";
    params += R"("server":"one"}})";
    const TimePoint began = Clock::now();
    EXPECT_EQ(ask("tools/call", params)["result"]["structuredContent"]["process"]["status"], "stopped");
    EXPECT_LT(Clock::now() - began, std::chrono::seconds(10));
}

TEST_F(HubServerTest, answers_under_the_id_it_was_asked_with) {
    TestExchange exchange(R"({"jsonrpc":"2.0","id":"a\"b","method":"tools/list"})");
    const auto reply = test::wait_for(supervised.loop, hub.call(exchange));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->id(), R"("a\"b")");
    EXPECT_NE(exchange.sent_at, TimePoint{});
}

}  // namespace
}  // namespace agenthub

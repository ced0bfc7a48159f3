#include "gateway/call_enhancer.hpp"

#include "mcp/names.hpp"
#include "tests/bridge/test_exchange.hpp"
#include "tests/enhance/enhancer_rig.hpp"
#include "tests/gateway/test_request.hpp"

namespace agenthub::test {
namespace {

constexpr const char* kCall =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":{"n":1.0,"prompt":"hé"}}})";

struct CallEnhancerTest : EnhancerTest {
    CallRoute route{"docs"};

    CallEnhancerTest() {
        EnhancementRule rule;
        rule.model = "coder";
        rule.tools = {"docs/ask"};
        config.clients = {{"code", rule}};
        config.enabled = true;
    }

    // Whether the call is noted down to be looked at.
    bool noted(TestExchange& exchange, std::initializer_list<TestRequest::Field> fields) {
        const TestRequest request(http::verb::post, "/mcp/docs", fields);
        CallEnhancer(*enhancer).note_wish(exchange, request.request);
        return exchange.rewording != nullptr;
    }
    bool reworded(TestExchange& exchange) {
        bool tried = false;
        CallEnhancer calls(*enhancer);
        auto ask = [&]() -> awaitable<void> { tried = co_await calls.reword(exchange, route); };
        finish(ask());
        return tried;
    }
    static std::string told(const TestExchange& exchange, std::string result = "{}") {
        auto reply = message_of(R"({"jsonrpc":"2.0","id":1,"result":)" + std::move(result) + "}");
        CallEnhancer::tell(exchange, reply);
        return std::string(reply.result_member());
    }
};

TEST_F(CallEnhancerTest, the_header_asks_in_every_spelling_of_yes) {
    start();
    for (const char* yes : {"1", "true", "YES", "On"}) {
        TestExchange exchange(kCall);
        EXPECT_TRUE(noted(exchange, {{"X-Enhance", yes}})) << yes;
        EXPECT_TRUE(exchange.rewording->asked);
    }
    config.enabled = false;
    enhancer->reconfigure(config, "usual");
    for (const char* no : {"", "0", "maybe", "2"}) {
        TestExchange exchange(kCall);
        EXPECT_FALSE(noted(exchange, {{"X-Enhance", no}})) << no;
    }
}

TEST_F(CallEnhancerTest, without_a_header_and_a_rule_nothing_is_noted) {
    config.clients.clear();
    start();
    TestExchange exchange(kCall);
    EXPECT_FALSE(noted(exchange, {{"X-Client-Name", "code"}}));
}

TEST_F(CallEnhancerTest, only_calls_of_tools_and_prompts_are_looked_at) {
    start();
    TestExchange list(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    EXPECT_FALSE(noted(list, {{"X-Enhance", "1"}}));
    TestExchange prompt(
        R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"p","arguments":{"text":"t"}}})");
    EXPECT_TRUE(noted(prompt, {{"X-Enhance", "1"}}));
    EXPECT_TRUE(reworded(prompt));
    EXPECT_EQ(prompt.rewording->words, R"("better: t")");
}

TEST_F(CallEnhancerTest, the_rules_globs_choose_the_tool_by_its_own_name) {
    start();
    TestExchange exchange(kCall);
    ASSERT_TRUE(noted(exchange, {{"X-Client-Name", "code"}}));
    EXPECT_TRUE(reworded(exchange));
    EXPECT_EQ(exchange.rewording->words, "\"better: hé\"");
    EXPECT_EQ(exchange.rewording->at.of(exchange.request().text()), "\"hé\"");
    EXPECT_EQ(backend.requests.at(0).model, "coder");

    route.server = "other";
    TestExchange elsewhere(kCall);
    ASSERT_TRUE(noted(elsewhere, {{"X-Client-Name", "code"}}));
    EXPECT_FALSE(reworded(elsewhere));
    EXPECT_EQ(told(elsewhere), "{}");

    // At an endpoint for many its name there is another one.
    route.server = "docs";
    TestExchange many(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"docs__ask",)"
                      R"("arguments":{"prompt":"x"}}})");
    many.renamed = many.request().name_span();
    many.own_name = R"("ask")";
    ASSERT_TRUE(noted(many, {{"X-Client-Name", "code"}}));
    EXPECT_TRUE(reworded(many));
}

TEST_F(CallEnhancerTest, a_header_that_says_no_switches_the_rule_off) {
    start();
    for (const char* no : {"0", "false", "No", "OFF"}) {
        TestExchange exchange(kCall);
        EXPECT_FALSE(noted(exchange, {{"X-Client-Name", "code"}, {"X-Enhance", no}})) << no;
    }
}

TEST_F(CallEnhancerTest, a_client_is_known_by_any_of_its_names) {
    start();
    TestExchange by_id(kCall);
    by_id.who().client_id = "code";
    ASSERT_TRUE(noted(by_id, {}));
    EXPECT_EQ(by_id.rewording->client, "code");
    TestExchange by_info(kCall);
    by_info.who().client_info = R"({"name":"code","version":"1"})";
    ASSERT_TRUE(noted(by_info, {{"X-Client-Name", "unknown"}}));
    EXPECT_EQ(by_info.rewording->client, "code");
    TestExchange unknown(kCall);
    ASSERT_TRUE(noted(unknown, {{"X-Client-Name", "unknown"}}));
    EXPECT_EQ(unknown.rewording->client, "unknown");
}

TEST_F(CallEnhancerTest, the_result_says_what_became_of_the_prompt) {
    start();
    TestExchange exchange(kCall);
    ASSERT_TRUE(noted(exchange, {{"X-Enhance", "1"}, {"X-Client-Name", "code"}}));
    ASSERT_TRUE(reworded(exchange));
    EXPECT_EQ(
        told(exchange, R"({"content":[]})"),
        R"({"_meta":{"agenthub/enhanced":{"argument":"prompt","was_enhanced":true,"model":"coder","cached":false,)"
        R"("original_length":2,"enhanced_length":10,"error":null}},"content":[]})");
}

TEST_F(CallEnhancerTest, when_no_model_answers_the_call_goes_on_as_it_is_and_says_why) {
    backend.says.emplace("usual", Error(errc::io_error, "connection refused"));
    start();
    TestExchange exchange(kCall);
    ASSERT_TRUE(noted(exchange, {{"X-Enhance", "1"}}));
    EXPECT_TRUE(reworded(exchange));
    EXPECT_EQ(exchange.rewording->words, "");
    EXPECT_EQ(told(exchange),
              R"({"_meta":{"agenthub/enhanced":{"argument":"prompt","was_enhanced":false,"model":null,"cached":false,)"
              R"("original_length":2,"enhanced_length":2,"error":"usual: connection refused"}}})");
}

TEST_F(CallEnhancerTest, a_call_without_a_prompt_has_nothing_to_be_made_better) {
    start();
    TestExchange exchange(
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":{"a":"b"}}})");
    ASSERT_TRUE(noted(exchange, {{"X-Enhance", "1"}}));
    EXPECT_FALSE(reworded(exchange));
    EXPECT_EQ(told(exchange), "{}");
    EXPECT_TRUE(backend.requests.empty());
}

TEST_F(CallEnhancerTest, a_request_of_the_longest_size_is_enhanced_and_one_byte_less_allowed_is_not) {
    config.max_body_bytes = std::string_view(kCall).size();
    start();
    TestExchange fits(kCall);
    ASSERT_TRUE(noted(fits, {{"X-Enhance", "1"}}));
    EXPECT_TRUE(reworded(fits));
    EXPECT_NE(fits.rewording->words, "");
    --config.max_body_bytes;
    enhancer->reconfigure(config, "usual");
    TestExchange beyond(kCall);
    ASSERT_TRUE(noted(beyond, {{"X-Enhance", "1"}}));
    EXPECT_TRUE(reworded(beyond));
    EXPECT_EQ(beyond.rewording->words, "");
    EXPECT_NE(told(beyond).find("max_body_bytes"), std::string::npos);
}

TEST_F(CallEnhancerTest, a_call_that_is_cancelled_waits_no_longer) {
    backend.held = true;
    start();
    TestExchange exchange(kCall);
    ASSERT_TRUE(noted(exchange, {{"X-Enhance", "1"}}));
    CallEnhancer calls(*enhancer);
    bool ended = false;
    auto ask = [&]() -> awaitable<void> {
        co_await calls.reword(exchange, route);
        ended = true;
    };
    TaskGroup group(loop.get_executor());
    group.spawn(ask(), "call");
    route.cancel(exchange, {});
    EXPECT_TRUE(run_until([&] { return ended && backend.ended == 1; }));
    finish(group.join());
}

}  // namespace
}  // namespace agenthub::test

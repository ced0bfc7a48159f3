// What a person reads when Ollama does not answer.

#include <gtest/gtest.h>

#include "bridge/ollama_client.hpp"
#include "bridge/ollama_words.hpp"
#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

bool says(const Error& error, std::string_view text) {
    return error.message.find(text) != std::string::npos;
}

TEST(OllamaErrors, of_one_that_is_silent_or_away_say_what_to_do) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config;
        config.url = rig.url();
        config.stream_timeout = 100ms;
        OllamaClient slow(rig.executor, config);
        OutboundRequest request;
        const auto late = co_await slow.open_stream(std::move(request), "client");
        CO_REQUIRE(!late.has_value());
        EXPECT_TRUE(says(late.error(), "nothing came for 100 ms; ")) << late.error().message;
        EXPECT_TRUE(says(late.error(), "ollama.stream_timeout"));
        rig.acceptor.close();
        OllamaClient away(rig.executor, config);
        const auto unreachable = co_await away.embed("m", "text", Deadline());
        EXPECT_TRUE(says(unreachable.error(), "Connection refused; start Ollama")) << unreachable.error().message;
        EXPECT_TRUE(says(unreachable.error(), "ollama.url"));
    });
}

TEST(OllamaErrors, of_one_that_is_switched_off_say_why) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        OllamaConfig config;
        config.enabled = false;
        OllamaClient off(rig.executor, config);
        const auto by_hand = co_await off.embed("m", "text", Deadline());
        EXPECT_TRUE(says(by_hand.error(), "ollama.enabled")) << by_hand.error().message;
        config.disabled_reason = "ollama.api_key cannot be used: it is gone";
        off.reconfigure(config);
        const auto by_key = co_await off.embed("m", "text", Deadline());
        EXPECT_TRUE(says(by_key.error(), "ollama.api_key cannot be used: it is gone")) << by_key.error().message;
        EXPECT_FALSE(says(by_key.error(), "ollama.enabled"));
    });
}

TEST(OllamaErrors, are_of_ollama_where_a_proxy_says_that_it_is_away) {
    for (const unsigned status : {502u, 503u, 504u})
        EXPECT_TRUE(ollama_words::is_away(status)) << status;
    for (const unsigned status : {200u, 404u, 429u, 500u, 501u, 505u})
        EXPECT_FALSE(ollama_words::is_away(status)) << status;
}

}  // namespace
}  // namespace agenthub

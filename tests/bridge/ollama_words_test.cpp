#include "bridge/ollama_words.hpp"

#include <gtest/gtest.h>

#include "base/redactor.hpp"

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

using nlohmann::json;
using namespace ollama_words;

GenerateRequest request() {
    GenerateRequest out;
    out.system = "be short";
    out.prompt = "say \"hi\" \xc3\xa4";
    out.temperature = 0.25;
    out.max_tokens = 7;
    return out;
}

TEST(OllamaWords, asks_natively) {
    EXPECT_EQ(generate_path(OllamaApi::native), "/api/generate");
    const json body = json::parse(generate_body(OllamaApi::native, request(), "m"));
    const json expected = {{"model", "m"},
                           {"prompt", "say \"hi\" \xc3\xa4"},
                           {"system", "be short"},
                           {"stream", false},
                           {"options", {{"temperature", 0.25}, {"num_predict", 7}}}};
    EXPECT_EQ(body, expected);
}

TEST(OllamaWords, asks_as_openai) {
    EXPECT_EQ(generate_path(OllamaApi::openai), "/v1/chat/completions");
    const json body = json::parse(generate_body(OllamaApi::openai, request(), "m"));
    EXPECT_EQ(body["model"], "m");
    EXPECT_EQ(body["stream"], false);
    EXPECT_EQ(body["temperature"], 0.25);
    EXPECT_EQ(body["max_tokens"], 7);
    ASSERT_EQ(body["messages"].size(), 2u);
    EXPECT_EQ(body["messages"][0]["role"], "system");
    EXPECT_EQ(body["messages"][0]["content"], "be short");
    EXPECT_EQ(body["messages"][1]["role"], "user");
}

TEST(OllamaWords, leaves_an_empty_system_prompt_out) {
    GenerateRequest plain = request();
    plain.system.clear();
    EXPECT_FALSE(json::parse(generate_body(OllamaApi::native, plain, "m")).contains("system"));
    EXPECT_EQ(json::parse(generate_body(OllamaApi::openai, plain, "m"))["messages"].size(), 1u);
}

TEST(OllamaWords, reads_what_was_generated_and_nothing_else) {
    EXPECT_EQ(generated_text(OllamaApi::native, R"({"response":" ok ","done":true})").value(), " ok ");
    EXPECT_EQ(generated_text(OllamaApi::openai, R"({"choices":[{"message":{"content":"ok"}}]})").value(), "ok");
    for (const char* text : {"", "{", "[]", "{}", R"({"response":7})", R"({"choices":[]})", R"({"choices":[{}]})",
                             R"({"choices":[{"message":{"content":null}}]})"})
        for (const OllamaApi api : {OllamaApi::native, OllamaApi::openai})
            EXPECT_EQ(generated_text(api, text).error().code, errc::upstream_refused) << text;
}

TEST(OllamaWords, reads_vectors) {
    const std::vector<float> expected{1.0F, -0.5F};
    EXPECT_EQ(embedded_vector(OllamaApi::native, R"({"embeddings":[[1,-0.5]]})").value(), expected);
    EXPECT_EQ(embedded_vector(OllamaApi::openai, R"({"data":[{"embedding":[1,-0.5]}]})").value(), expected);
    for (const char* text :
         {"", "{}", R"({"embeddings":[]})", R"({"embeddings":[[]]})", R"({"embeddings":[["x"]]})", R"({"data":[{}]})"})
        for (const OllamaApi api : {OllamaApi::native, OllamaApi::openai})
            EXPECT_EQ(embedded_vector(api, text).error().code, errc::upstream_refused) << text;
}

TEST(OllamaWords, repeats_the_servers_own_words_of_an_error) {
    const Error native = refusal(404, R"({"error":"model 'x' not found"})");
    EXPECT_EQ(native.code, errc::model_unknown);
    EXPECT_EQ(native.message, "Ollama answered with 404: model 'x' not found");
    const Error openai = refusal(400, R"({"error":{"message":"bad","type":"x"}})");
    EXPECT_EQ(openai.code, errc::upstream_refused);
    EXPECT_EQ(openai.message, "Ollama answered with 400: bad");
    EXPECT_EQ(refusal(502, "<html>").message, "Ollama answered with 502");
    const std::string long_text = R"({"error":")" + std::string(5000, 'x') + "\"}";
    EXPECT_LT(refusal(500, long_text).message.size(), 600u);
}

// Half of it would not be known any more where the whole is looked for.
TEST(OllamaWords, a_secret_in_an_error_is_taken_out_before_the_error_is_cut) {
    hide_secrets({"the-secret-key"});
    const std::string padding(490, 'x');
    const Error error = refusal(401, R"({"error":")" + padding + R"(the-secret-key is unknown"})");
    hide_secrets({});
    EXPECT_EQ(error.message.find("the-s"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find(padding), std::string::npos);
}

}  // namespace
}  // namespace agenthub

// What is not rewritten passes byte for byte, in both directions.

#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

// Everything that a careless program changes, as the arguments of a call and as a result.
constexpr const char* kOdd =
    "{\"big\":9007199254740993,\"huge\":123456789012345678901234567890,\"one\":1.0,\"zero\":-0,\"exp\":1E+2,\"dup\":1,"
    "\"dup\":2,\"\":[],\"a\\u0062c\":{ },\"esc\":\"\\u0041\\/\\ud83d\\ude00 \xe2\x80\xa8 "
    "\\u0000\",\"emoji\":\"\xF0\x9F\x99\x82\","
    "\"nested\":[[[{\"$defs\":{\"$anchor\":\"x\"}}]]]}";

TEST(Fidelity, arguments_reach_the_server_byte_for_byte) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const std::string params = std::string(R"({"unknown":true,"name":"echo","arguments":)") + kOdd + "}";
    const Reply echoed =
        client.post(R"({"extra":1,"jsonrpc":"2.0","id":"c1","method":"tools/call","params":)" + params + "}");
    EXPECT_NE(echoed.body.find(std::string(R"("structuredContent":)") + kOdd), std::string::npos) << echoed.body;
    const std::string raw = client.call("last_raw").text();
    EXPECT_NE(raw.find(params), std::string::npos) << raw;
    EXPECT_NE(raw.find(R"({"extra":1,"jsonrpc":"2.0","id":)"), std::string::npos) << raw;
    EXPECT_EQ(raw.find("c1"), std::string::npos) << "the client's id stays here";
}

TEST(Fidelity, results_reach_the_client_byte_for_byte) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const Reply reply = client.request("tools/call", {{"name", "weird"}, {"arguments", {{"raw", kOdd}}}}, "id-7");
    EXPECT_NE(reply.body.find(std::string(R"("result":)") + kOdd), std::string::npos) << reply.body;
    const Reply spaced = client.request("tools/call", {{"name", "weird"}}, 5);
    EXPECT_TRUE(spaced.body.starts_with(R"( { "extra" : {"id":99} , "result" : { "content" )")) << spaced.body;
    EXPECT_TRUE(spaced.body.ends_with(R"(} , "id" : 5 , "jsonrpc" : "2.0" } )")) << spaced.body;
}

TEST(Fidelity, a_pretty_printed_request_becomes_one_line) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const Reply reply = client.post(
        "{\r\n  \"jsonrpc\": \"2.0\",\n  \"id\": 1,\n  \"method\": \"tools/call\",\n"
        "  \"params\": {\n    \"name\": \"echo\", \"arguments\": {\"text\": \"a\\nb\"}}\n}\n");
    EXPECT_EQ(reply.text(), "a\nb");
}

}  // namespace
}  // namespace agenthub::test

// Tools whose answers are legal JSON that careless programs change.
// Added to the table by main.

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

// Numbers beyond 2^53, 1.0, -0, exponents, duplicate keys, unknown members, escapes of every kind, U+2028 unescaped.
constexpr std::string_view kWeirdResult =
    "{ \"content\" : [ {\"type\":\"text\",\"text\":\"\\u0041\\/\\ud83d\\ude00 \xe2\x80\xa8 \\u0000\"} ] ,\n"
    "\"structuredContent\":{\"big\":9007199254740993,\"huge\":123456789012345678901234567890,\"one\":1.0,\"zero\":-0,"
    "\"exp\":1E+2,\"tiny\":1e-400,\"dup\":1,\"dup\":2,\"\":[],\"a\\u0062c\":{}},\"unknown\":[null,true,[[]]],"
    "\"_meta\":{\"vendor/key\":1.50},\"id\":7,\"method\":\"not a method\"}";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

void weird(Server& server, const Call& call) {
    if (call.arguments.contains("line")) {
        std::string line = call.text("line");
        replace_all(line, "$ID", call.raw_id);
        return server.wire().send_line(line);
    }
    if (call.arguments.contains("raw"))
        return server.answer(call, call.text("raw"));
    std::string result(kWeirdResult);
    replace_all(result, "\n", " ");
    // The members in an unusual order, with spaces.
    server.wire().send_line(" { \"extra\" : {\"id\":99} , \"result\" : " + result + " , \"id\" : " + call.raw_id +
                            " , \"jsonrpc\" : \"2.0\" } ");
}

void null_fields(Server& server, const Call& call) {
    server.answer(call, R"({"content":[],"structuredContent":null,"isError":null,"_meta":null,"nextCursor":null})");
}

}  // namespace

void add_json_tools(Tools& tools) {
    tools["weird"] = {"Answers with unusual JSON; `raw`: the result's bytes; `line`: the whole line, $ID replaced",
                      weird};
    tools["null_fields"] = {"Answers with null wherever a member is optional", null_fields};
}

}  // namespace agenthub::test

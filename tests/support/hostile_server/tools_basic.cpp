// Tools that answer what they are told to, now or later.
// Added to the table by main.

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

void echo(Server& server, const Call& call) {
    // structuredContent carries the arguments byte for byte as they arrived.
    std::string result = R"({"content":[{"type":"text","text":)" + json_text(call.text("text"));
    result += R"(}],"structuredContent":)" + call.raw_arguments + "}";
    server.answer(call, result);
}

void sleep_for(Server& server, const Call& call, bool heeds_cancel) {
    const std::int64_t ms = call.number("ms", 1000);
    const std::string key = heeds_cancel ? call.raw_id : "deaf";
    const std::string text = call.text("text", "slept " + std::to_string(ms) + " ms");
    server.timers().after(ms, key, [&server, call, text] { server.answer_text(call, text); });
}

void big(Server& server, const Call& call) {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";
    const auto size = static_cast<std::size_t>(call.number("n", 1 << 20));
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = alphabet[i % alphabet.size()];
    server.answer_text(call, text);
}

void stats(Server& server, const Call& call) {
    const json values = server.stats().to_json();
    const std::string text = values.dump(-1, ' ', false, json::error_handler_t::replace);
    server.answer(
        call, R"({"content":[{"type":"text","text":)" + json_text(text) + R"(}],"structuredContent":)" + text + "}");
}

void error(Server& server, const Call& call) {
    const auto code = static_cast<int>(call.number("code", -32000));
    const auto data = call.arguments.find("data");
    server.answer_error(call.raw_id, code, call.text("message", "failed on purpose"),
                        data == call.arguments.end() ? json(nullptr) : *data);
}

}  // namespace

void add_basic_tools(Tools& tools) {
    tools["echo"] = {"Returns `text`, and all arguments verbatim as structuredContent", echo};
    tools["sleep"] = {"Answers after `ms` with `text`; notifications/cancelled is heeded",
                      [](Server& server, const Call& call) { sleep_for(server, call, true); }};
    tools["sleep_deaf"] = {"Answers after `ms` with `text`, cancelled or not",
                           [](Server& server, const Call& call) { sleep_for(server, call, false); }};
    tools["big"] = {"Returns `n` bytes of the alphabet over and over", big};
    tools["error"] = {"Answers with a JSON-RPC error of `code`, `message`, `data`", error};
    tools["tool_error"] = {
        "Answers with a result that has isError true and `text`",
        [](Server& server, const Call& call) { server.answer_text(call, call.text("text", "tool failed"), true); }};
    tools["stats"] = {"What reached this server so far", stats};
    tools["last_raw"] = {"The raw line of the call before this one",
                         [](Server& server, const Call& call) { server.answer_text(call, server.stats().last_raw()); }};
}

}  // namespace agenthub::test

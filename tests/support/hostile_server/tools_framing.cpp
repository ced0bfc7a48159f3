// Tools that break the order and the framing of answers.
// Added to the table by main.

#include <memory>
#include <vector>

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

void garbage(Server& server, const Call& call) {
    server.wire().send_bytes("Listening on port 3000...\n");
    server.wire().send_bytes("\n");
    server.wire().send_bytes("{\"jsonrpc\":\"2.0\",\"method\":\"x\xff\xfe\"}\n");
    server.wire().send_bytes("{\"jsonrpc\":\"2.0\",\"id\":\n");
    server.wire().send_bytes("[1,2,3]\n");
    server.wire().send_bytes("\"text\"\r\n");
    // The answer itself ends with \r\n.
    server.wire().send_bytes(response_line(call.raw_id, text_result("after the garbage")) + "\r\n");
}

void twice(Server& server, const Call& call) {
    server.answer_text(call, "first");
    server.answer_text(call, "second");
}

void wrong_id(Server& server, const Call& call) {
    server.wire().send_line(response_line("987654321", text_result("not yours")));
    server.wire().send_line(response_line("\"no-such-id\"", text_result("not yours")));
    server.wire().send_line(response_line("null", text_result("not yours")));
    server.answer_text(call, "right");
}

void string_id(Server& server, const Call& call) {
    const bool is_string = call.raw_id.starts_with('"');
    const std::string other = is_string ? call.raw_id.substr(1, call.raw_id.size() - 2) : json_text(call.raw_id);
    server.wire().send_line(response_line(other, text_result("id of the other type")));
    if (!call.flag("only"))
        server.answer_text(call, "right");
}

// The state is shared by the table's copies of the function, and by nobody else.
auto out_of_order() {
    return [held = std::make_shared<std::vector<Call>>()](Server& server, const Call& call) {
        held->push_back(call);
        if (static_cast<std::int64_t>(held->size()) < call.number("k", 2))
            return;
        for (auto late = held->rbegin(); late != held->rend(); ++late)
            server.answer_text(*late, late->text("text"));
        held->clear();
    };
}

void huge_line(Server& server, const Call& call) {
    const auto size = static_cast<std::size_t>(call.number("n", 1 << 20));
    if (call.flag("junk")) {
        server.wire().send_line(std::string(size, 'x'));
        return server.answer_text(call, "after the junk");
    }
    const std::size_t frame = response_line(call.raw_id, text_result("")).size();
    const std::string text(size > frame ? size - frame : 0, 'x');
    server.answer_text(call, text);
}

}  // namespace

void add_framing_tools(Tools& tools) {
    tools["garbage"] = {"Prints lines that are no messages, then answers with \\r\\n", garbage};
    tools["twice"] = {"Answers `first`, then `second`", twice};
    tools["wrong_id"] = {"Answers three unknown ids, then the right one", wrong_id};
    tools["string_id"] = {"Answers with the id's text in the other JSON type, then, unless `only`, rightly", string_id};
    tools["out_of_order"] = {"Holds `k` calls, then answers them in reverse with their `text`", out_of_order()};
    tools["huge_line"] = {"Answers with a line of exactly `n` bytes; with `junk`, prints n bytes and then answers",
                          huge_line};
}

}  // namespace agenthub::test

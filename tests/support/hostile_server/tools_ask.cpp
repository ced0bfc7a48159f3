// Tools that ask the client something, otherwise than the tool "ask".
// Pure functions over Server.

#include <memory>

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

void ask_many(Server& server, const Call& call) {
    struct Answers {
        std::int64_t missing;
        json lines = json::array();
    };
    const auto answers = std::make_shared<Answers>();
    const json methods = call.arguments.value("methods", json::array());
    answers->missing = static_cast<std::int64_t>(methods.size());
    for (const auto& method : methods)
        server.ask(method.get<std::string>(), json::object(), true, [&server, call, answers](const std::string& line) {
            answers->lines.push_back(json::parse(line));
            if (--answers->missing == 0)
                server.answer_text(call, answers->lines.dump());
        });
}

void ask_later(Server& server, const Call& call) {
    const std::string method = call.text("method", "roots/list");
    server.timers().after(call.number("ms", 50), "ask later",
                          [&server, method] { server.ask(method, json::object(), true, [](const std::string&) {}); });
    server.answer_text(call, "later");
}

// In the modern era a result asks.
void want(Server& server, const Call& call) {
    if (!call.raw_responses.empty())
        return server.answer_text(call, call.raw_responses);
    json requests;
    for (const auto& method : call.arguments.value("methods", json::array()))
        requests[method.get<std::string>()] = {{"method", method}, {"params", json::object()}};
    const json result = {{"resultType", "input_required"}, {"inputRequests", requests}, {"requestState", "state"}};
    server.answer(call, result.dump());
}

}  // namespace

void add_ask_tools(Tools& tools) {
    tools["ask_many"] = {"Sends all of `methods` to the client at once; returns the answers as an array", ask_many};
    tools["ask_later"] = {"Sends `method` to the client `ms` after its own answer", ask_later};
    tools["want"] = {"Modern: demands input by all of `methods`; returns inputResponses", want};
}

}  // namespace agenthub::test

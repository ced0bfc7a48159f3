// Drives the hostile server over its pipes, as the simplest of all clients.
// Owned by the test.

#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.hpp"

namespace agenthub::test {

class HostileDriver {
public:
    explicit HostileDriver(const std::vector<std::string>& args = {}, const std::string& stderr_file = "")
        : process_(options(args, stderr_file)) {}

    ChildProcess& process() noexcept { return process_; }

    void send(const nlohmann::json& message) { ASSERT_TRUE(process_.write(message.dump() + "\n")); }

    void send_request(int id, const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
        send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
    }

    void send_call(int id, const std::string& tool, const nlohmann::json& arguments = nlohmann::json::object()) {
        send_request(id, "tools/call",
                     {{"name", tool}, {"arguments", arguments}, {"_meta", {{"progressToken", "token"}}}});
    }

    void send_notification(const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
        send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
    }

    // The next line; a failed test and an empty text when none comes.
    std::string line() {
        auto next = process_.read_line();
        EXPECT_TRUE(next.has_value()) << "no line from the hostile server";
        return next.value_or("");
    }

    // The next line as JSON; discarded when it is none.
    nlohmann::json message() { return nlohmann::json::parse(line(), nullptr, false); }

    nlohmann::json request(int id, const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
        send_request(id, method, params);
        return message();
    }

    nlohmann::json call(int id, const std::string& tool, const nlohmann::json& arguments = nlohmann::json::object()) {
        send_call(id, tool, arguments);
        return message();
    }

    // What `stats` says reached the server.
    nlohmann::json stats() { return call(900, "stats")["result"]["structuredContent"]; }

    nlohmann::json initialize(const std::string& version = "2025-11-25") {
        return request(0, "initialize",
                       {{"protocolVersion", version}, {"capabilities", nlohmann::json::object()}, {"clientInfo", {}}});
    }

private:
    static ChildOptions options(const std::vector<std::string>& args, const std::string& stderr_file) {
        ChildOptions out;
        out.argv = {AGENTHUB_HOSTILE};
        out.argv.insert(out.argv.end(), args.begin(), args.end());
        out.stderr_file = stderr_file;
        return out;
    }

    ChildProcess process_;
};

// result.content[0].text of a tools/call answer.
inline std::string text_of(const nlohmann::json& answer) {
    const nlohmann::json::json_pointer place("/result/content/0/text");
    return answer.is_object() && answer.contains(place) ? answer.at(place).get<std::string>() : std::string();
}

}  // namespace agenthub::test

// A scripted stdio MCP server (2024-11-05 … 2026-07-28) whose tools misbehave on demand.
// Owned by main, which runs it to its end; one thread.

#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/hostile_server/options.hpp"
#include "tests/support/hostile_server/stats.hpp"
#include "tests/support/hostile_server/timers.hpp"
#include "tests/support/hostile_server/wire.hpp"

namespace agenthub::test {

using nlohmann::json;

// One tools/call. Texts named raw_* are the bytes as they arrived.
struct Call {
    std::string raw_id;
    std::string name;
    json arguments = json::object();
    std::string raw_arguments = "{}";
    std::optional<std::string> raw_progress_token;
    std::string raw_responses;  // inputResponses of a modern call that is sent once more; empty: of none

    // The argument, or `fallback` when it is absent or of another type.
    std::int64_t number(const char* key, std::int64_t fallback) const;
    bool flag(const char* key) const;
    std::string text(const char* key, const std::string& fallback = "") const;
};

class Server;

struct Tool {
    std::string description;  // with its arguments
    std::function<void(Server&, const Call&)> run;
};
using Tools = std::map<std::string, Tool>;

class Server {
public:
    Server(Options options, Wire& wire, Tools tools);

    // Serves until EOF (or its lifetime's end with --ignore-term). Returns the exit code.
    int run();

    // What a tool may do. `result` and `params` are raw JSON.
    void answer(const Call& call, std::string_view result);
    void answer_text(const Call& call, std::string_view text, bool is_error = false);
    void answer_error(std::string_view raw_id, int code, std::string_view message, const json& data = nullptr);
    void notify(std::string_view method, std::string_view params);
    // Asks the client; `then` gets the raw answer line. Ids are "ask-N" strings or numbers from 1000.
    void ask(std::string_view method, const json& params, bool string_id, std::function<void(const std::string&)> then);
    void stop_reading() noexcept { reading_ = false; }

    Wire& wire() noexcept { return wire_; }
    Timers& timers() noexcept { return timers_; }
    Stats& stats() noexcept { return stats_; }
    const Options& options() const noexcept { return options_; }

private:
    void handle_line(const std::string& line);
    void handle_request(const std::string& line, const json& message);
    void handle_notification(const std::string& line, const json& message);
    void handle_answer(const std::string& line, const json& message);

    // protocol.cpp: raw result of a method that is neither initialize nor tools/call; nullopt: unknown.
    std::optional<std::string> plain_result(std::string_view method, const json& params);
    void initialize(std::string_view raw_id, const json& params);
    // modern.cpp: what is otherwise in that era. take_modern(): the request has been dealt with.
    bool is_modern() const noexcept { return options_.era == "modern"; }
    void discover(std::string_view raw_id);
    bool take_modern(const std::string& method, std::string_view raw_id, const json& params);
    std::string with_listen(std::string_view method, std::string_view params) const;
    void call_tool(const std::string& line, std::string_view raw_id, const json& params);
    std::string list_tools() const;

    Options options_;
    Wire& wire_;
    Tools tools_;
    Timers timers_;
    Stats stats_;
    std::map<std::string, std::function<void(const std::string&)>> asked_;  // by raw id
    std::string listen_id_;                                                 // raw, of the newest subscriptions/listen
    std::int64_t next_ask_ = 1000;
    std::int64_t calls_ = 0;
    bool reading_ = true;
};

// The string member `key` of an object; empty when it is absent or no string.
std::string string_member(const json& object, const char* key);

// As a JSON string; invalid UTF-8 is replaced.
std::string json_text(std::string_view text);

// {"content":[{"type":"text","text":…}]} with "isError" when it is one.
std::string text_result(std::string_view text, bool is_error = false);

// A complete response line, without its newline, around a raw id and a raw result.
std::string response_line(std::string_view raw_id, std::string_view result);

}  // namespace agenthub::test

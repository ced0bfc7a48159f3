// Tools that talk without being asked: progress, logs, changes, and questions to the client.
// Added to the table by main.

#include <algorithm>

#include "tests/support/hostile_server/tools.hpp"

namespace agenthub::test {
namespace {

void send_progress(Server& server, std::string_view raw_token, std::int64_t progress, std::int64_t total) {
    server.notify("notifications/progress", R"({"progressToken":)" + std::string(raw_token) + R"(,"progress":)" +
                                                std::to_string(progress) + R"(,"total":)" + std::to_string(total) +
                                                R"(,"message":"step )" + std::to_string(progress) + R"("})");
}

// mode: rising, constant, falling. Sends step i and, when there is one, arms the next.
void progress_step(Server& server, const Call& call, std::int64_t i) {
    const std::int64_t n = call.number("n", 3);
    const std::string mode = call.text("mode", "rising");
    const std::string token = call.raw_progress_token.value_or("\"nobody-asked\"");
    for (; i <= n; ++i) {
        send_progress(server, token, mode == "rising" ? i : mode == "constant" ? 1 : n - i, n);
        if (const std::int64_t pause = call.number("interval_ms", 0); pause > 0 && i < n)
            return server.timers().after(pause, call.raw_id,
                                         [&server, call, i] { progress_step(server, call, i + 1); });
    }
    if (call.flag("unknown_token")) {
        send_progress(server, "424242", 1, 1);
        send_progress(server, "\"no-such-token\"", 1, 1);
    }
    server.answer_text(call, "progress done");
    if (call.flag("after"))
        send_progress(server, token, n + 1, n + 1);
}

void progress(Server& server, const Call& call) {
    if (call.raw_progress_token || call.flag("force"))
        return progress_step(server, call, 1);
    server.answer_text(call, "no progress token");
}

// Sends progress every `every_ms` until `for_ms` have passed, then the result; a cancel ends it.
void work(Server& server, const Call& call, std::int64_t elapsed) {
    const std::int64_t every = std::max<std::int64_t>(call.number("every_ms", 100), 1);
    if (elapsed >= call.number("for_ms", 1000))
        return server.answer_text(call, "worked " + std::to_string(elapsed) + " ms");
    if (elapsed > 0 && call.raw_progress_token)
        send_progress(server, *call.raw_progress_token, call.text("mode") == "constant" ? 1 : elapsed,
                      call.number("for_ms", 1000));
    server.timers().after(every, call.raw_id, [&server, call, elapsed, every] { work(server, call, elapsed + every); });
}

void log_messages(Server& server, const Call& call) {
    const std::string level = json_text(call.text("level", "info"));
    for (std::int64_t i = 1; i <= call.number("n", 1); ++i)
        server.notify("notifications/message", R"({"level":)" + level + R"(,"logger":"hostile","data":)" +
                                                   json_text(call.text("text", "line") + " " + std::to_string(i)) +
                                                   "}");
    server.answer_text(call, "logged");
}

void list_changed(Server& server, const Call& call) {
    const std::string kind = call.text("kind", "tools");
    for (std::int64_t i = 0; i < call.number("n", 1); ++i)
        server.notify("notifications/" + kind + "/list_changed", "{}");
    server.answer_text(call, "announced");
}

void update(Server& server, const Call& call) {
    server.notify("notifications/resources/updated", R"({"uri":)" + json_text(call.text("uri", "hostile://a")) + "}");
    server.answer_text(call, "updated");
}

void ask(Server& server, const Call& call) {
    const std::string method = call.text("method", "ping");
    json params = call.arguments.value("params", json::object());
    if (params.empty() && method == "sampling/createMessage") {
        const json message = {{"role", "user"}, {"content", {{"type", "text"}, {"text", "hello"}}}};
        params = {{"messages", json::array({message})}, {"maxTokens", 10}};
    } else if (params.empty() && method == "elicitation/create") {
        params = {{"message", "your name?"},
                  {"requestedSchema", {{"type", "object"}, {"properties", {{"name", {{"type", "string"}}}}}}}};
    }
    const std::string give_up = "ask of " + call.raw_id;
    server.timers().after(call.number("wait_ms", 10'000), give_up,
                          [&server, call] { server.answer_text(call, "no answer", true); });
    server.ask(method, params, call.flag("string_id"), [&server, call, give_up](const std::string& line) {
        server.timers().cancel(give_up);
        server.answer_text(call, line);
    });
}

}  // namespace

void add_notification_tools(Tools& tools) {
    tools["progress"] = {
        "`n` progress notifications (`mode` rising, constant, falling; every `interval_ms`), then the "
        "result; `after`: one more behind it; `unknown_token`; `force`: even without a token",
        progress};
    tools["work"] = {
        "Progress every `every_ms` for `for_ms` (`mode` constant: always the same), then the result; "
        "notifications/cancelled is heeded",
        [](Server& server, const Call& call) { work(server, call, 0); }};
    tools["log"] = {"`n` notifications/message at `level` with `text`, then the result", log_messages};
    tools["flood"] = {"Like log; for large `n`", log_messages};
    tools["list_changed"] = {"`n` list_changed notifications of `kind` (tools, prompts, resources)", list_changed};
    tools["update"] = {"notifications/resources/updated for `uri`", update};
    tools["ask"] = {
        "Sends `method` with `params` to the client; returns the raw answer, an error after `wait_ms`; "
        "`string_id`",
        ask};
}

}  // namespace agenthub::test

// One legacy MCP session with one server behind the daemon, long enough for a tool call (protocol revision 2025-11-25).
// Owned by the call command, together with the client it uses.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/daemon_client.hpp"
#include "cli/rpc_messages.hpp"

namespace agenthub {

class McpSession {
public:
    // Gets one line for each progress and log message of the server.
    using OnLine = std::function<void(const std::string& line)>;
    // How long the next request may still take.
    using TimeLeft = std::function<std::chrono::milliseconds()>;

    // `client` outlives the session.
    McpSession(DaemonClient& client, std::string_view server, OnLine on_line, TimeLeft time_left);

    // initialize and notifications/initialized. Errors are complete sentences, as of all that follow.
    result<void> open();

    // The "result" of tools/call as JSON text, exactly as it came. `arguments`: JSON text of an object.
    result<std::string> call_tool(std::string_view tool, std::string_view arguments);

    // Tells the server that nobody waits for the tool call any more.
    void cancel(std::string_view reason);
    // Ends the session, if there is one. Neither reports failures: the session would expire anyway.
    void close();

    // True once the tool call has been sent: from here on the tool may have been carried out.
    bool call_sent() const noexcept { return call_sent_; }

private:
    DaemonRequest post(std::string body) const;
    result<std::string> request(std::string body, int id);
    bool take_event(std::string_view data, int id, std::optional<std::string>& answer);
    result<std::string> result_of(const std::string& answer, int id) const;
    result<void> notify(std::string body);

    DaemonClient& client_;
    std::string path_;
    OnLine on_line_;
    TimeLeft time_left_;
    std::string session_id_;
    std::string protocol_version_;
    bool call_sent_ = false;
};

}  // namespace agenthub

// The hub's tools.
// Pure data.

#include "gateway/hub_tools.hpp"

namespace agenthub {

std::string_view hub_tool_list() noexcept {
    return R"({"tools":[)"
           R"({"name":"list_servers","title":"List servers",)"
           R"("description":"Lists every MCP server AgentHub runs, with its state, pid and restarts.",)"
           R"("inputSchema":{"type":"object","properties":{}},)"
           R"("annotations":{"readOnlyHint":true,"openWorldHint":false}},)"
           R"({"name":"server_status","title":"Server status",)"
           R"("description":"Tells all that is known of one server: state and reason, last error, stderr, counters.",)"
           R"("inputSchema":{"type":"object","properties":{"server":{"type":"string","description":"Its name"}},)"
           R"("required":["server"]},"annotations":{"readOnlyHint":true,"openWorldHint":false}},)"
           R"({"name":"restart_server","title":"Restart a server",)"
           R"("description":"Restarts one server; calls in flight on it fail. Works from every state.",)"
           R"("inputSchema":{"type":"object","properties":{"server":{"type":"string","description":"Its name"}},)"
           R"("required":["server"]},"annotations":{"readOnlyHint":false,"destructiveHint":true,)"
           R"("idempotentHint":true,"openWorldHint":false}},)"
           R"({"name":"search_activity","title":"Search the activity log",)"
           R"("description":"Finds past calls, newest first, by server, tool, client, outcome, status, time, or words of )"
           R"(the error. All that are given must match.",)"
           R"("inputSchema":{"type":"object","properties":{)"
           R"("server":{"type":"string"},"tool":{"type":"string"},"client_id":{"type":"string"},)"
           R"("outcome":{"type":"string","enum":["ok","error","tool_error","failed","cancelled","refused","overflow"]},)"
           R"("method":{"type":"string","description":"Of HTTP, such as POST"},)"
           R"("request_id":{"type":"string"},"status_min":{"type":"integer"},"status_max":{"type":"integer"},)"
           R"("since":{"type":"string","description":"Began then or later: RFC 3339, or so long ago, such as 15m or 2d"},)"
           R"("until":{"type":"string","description":"Began before; as since"},)"
           R"("error":{"type":"string","description":"Words that all stand in the error's text; one that ends with * )"
           R"(may go on"},)"
           R"("limit":{"type":"integer","minimum":1,"maximum":1000,"default":50},)"
           R"("offset":{"type":"integer","minimum":0,"default":0}}},)"
           R"("annotations":{"readOnlyHint":true,"openWorldHint":false}}]})";
}

}  // namespace agenthub

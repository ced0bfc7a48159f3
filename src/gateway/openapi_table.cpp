// Every operation of the HTTP interface: what /openapi.json is made of. Beside the router's table, whose rows it
// describes one by one.
// Constant data.

#include <array>

#include "gateway/openapi.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kRpc = "#JsonRpcMessage";
constexpr std::string_view kStream = "text/event-stream";
constexpr std::string_view kHtml = "text/html";
constexpr std::string_view kMessage = "message:s";
constexpr std::string_view kDone = "message:s status:s";
constexpr std::string_view kPrompt = "original:s enhanced:s model:s? cached:b was_enhanced:b error:s?";
constexpr std::string_view kPromptBody = "*prompt:s bypass_cache:b";
constexpr std::string_view kPromptStats = "cache:#PromptCache circuit_breaker:#CircuitBreaker ollama_healthy:b";
constexpr std::string_view kRows =
    "method:s server:s tool:s client_id:s request_id:s outcome:s status_min:i status_max:i since:s until:s error:s "
    "limit:i offset:i";
constexpr std::string_view kExported =
    "format:s method:s server:s tool:s client_id:s request_id:s outcome:s status_min:i status_max:i since:s until:s "
    "error:s";

// clang-format off
constexpr std::array kOperations{
    ApiOperation{"post", "/mcp", "mcp", "One message of MCP, to all servers together", "200 202 400 403 404 406 415 503", kRpc, "", kRpc},
    ApiOperation{"get", "/mcp", "mcp", "The session's event stream", "200 204 400 403 404 405 406 409", kStream},
    ApiOperation{"delete", "/mcp", "mcp", "Ends the session", "200 400 403 404", ""},
    ApiOperation{"post", "/mcp-direct/mcp", "mcp", "As /mcp, where the prototype's successor had it", "200 202 400 403 404 406 415 503", kRpc, "", kRpc},
    ApiOperation{"get", "/mcp-direct/mcp", "mcp", "The session's event stream", "200 204 400 403 404 405 406 409", kStream},
    ApiOperation{"delete", "/mcp-direct/mcp", "mcp", "Ends the session", "200 400 403 404", ""},
    ApiOperation{"post", "/mcp/view/{view}", "mcp", "One message of MCP, to the servers of a view", "200 202 400 403 404 406 415 503", kRpc, "", kRpc},
    ApiOperation{"get", "/mcp/view/{view}", "mcp", "The session's event stream", "200 204 400 403 404 405 406 409", kStream},
    ApiOperation{"delete", "/mcp/view/{view}", "mcp", "Ends the session", "200 400 403 404", ""},
    ApiOperation{"post", "/mcp/{server}", "mcp", "One message of MCP, to one server", "200 202 400 403 404 406 415 503", kRpc, "", kRpc},
    ApiOperation{"get", "/mcp/{server}", "mcp", "The session's event stream", "200 204 400 403 404 405 406 409", kStream},
    ApiOperation{"delete", "/mcp/{server}", "mcp", "Ends the session", "200 400 403 404", ""},
    ApiOperation{"get", "/mcp/{server}/sse", "mcp", "A session of HTTP+SSE, and its event stream", "200 403 404 406", kStream},
    ApiOperation{"post", "/mcp/{server}/messages", "mcp", "One message in a session of HTTP+SSE", "202 400 403 404 415", "", "*sessionId:s", kRpc},
    ApiOperation{"get", "/sse", "mcp", "HTTP+SSE with all servers together", "200 403 404 406", kStream},
    ApiOperation{"post", "/messages", "mcp", "One message in such a session", "202 400 403 404 415", "", "*sessionId:s", kRpc},
    ApiOperation{"post", "/mcp/{server}/{path}", "mcp", "One JSON-RPC object without a session, as the prototype has it; the path is the method of a body without one", "200 202 403 404 503", kRpc, "", kRpc},

    ApiOperation{"post", "/batch", "calls", "Many calls in parallel, each for itself, with their results in order", "200 403 422", "results:a summary:o", "", "*calls:a max_concurrent:i retries:i retry_delay:n"},
    ApiOperation{"get", "/pipelines", "calls", "The configured pipelines", "200 403", "pipelines:a running:i max_running:i"},
    ApiOperation{"post", "/pipelines/documentation", "calls", "Documents a project in a vault, as the prototype does, by the pipeline of that name", "200 403 422 503", "status:s output_path:s? obsidian_url:s? content_length:i? error:s?", "", "*repo_path:s *project_name:s vault_path:s include_structure:b"},
    ApiOperation{"post", "/pipelines/{pipeline}", "calls", "Runs one with the body as its input; with an event for each step to who accepts text/event-stream", "200 403 404 422 503", "pipeline:s run_id:s status:s output:o? error:o? duration_ms:i steps:a", "", "o"},

    ApiOperation{"get", "/livez", "probes", "Whether the process answers", "200", "status:s"},
    ApiOperation{"get", "/readyz", "probes", "Whether it takes new work", "200 503", "status:s"},

    ApiOperation{"get", "/health", "servers", "The daemon and a summary of all servers", "200 403", "status:s version:s uptime_seconds:i connections:i sessions:i services:o servers:#ServerCounts details:o"},
    ApiOperation{"get", "/health/{server}", "servers", "One server's health", "200 403 404", "server:s status:s pid:i? restart_count:i last_error:s? circuit_breaker:#CircuitBreaker config:o"},
    ApiOperation{"get", "/metrics", "servers", "The same for Prometheus", "200 403", "text/plain"},
    ApiOperation{"get", "/servers", "servers", "The list of servers", "200 403", "servers:[Server"},
    ApiOperation{"get", "/servers/{server}", "servers", "All that is known of one server", "200 403 404", "name:s config:#ServerConfig process:#Process calls:o"},
    ApiOperation{"delete", "/servers/{server}", "servers", "Takes a stopped server out of the configuration", "200 400 403 404 500 503", kMessage},
    ApiOperation{"post", "/servers/install", "servers", "Configures a package of the npm registry as a server", "200 400 403 422 500 503", "message:s name:s package:s", "", "*package:s name:s auto_start:b description:s"},
    ApiOperation{"post", "/servers/{server}/start", "servers", "Starts it, and closes its circuit breaker", "200 400 403 404 500 503", kDone},
    ApiOperation{"post", "/servers/{server}/stop", "servers", "Stops it", "200 400 403 404 500 503", kDone},
    ApiOperation{"post", "/servers/{server}/restart", "servers", "Starts it again, from every state", "200 403 404 500 503", kDone},
    ApiOperation{"post", "/admin/reload", "servers", "Takes the changed configuration over", "200 400 403 503", "message:s file:s servers:o settings:o warnings:a"},
    ApiOperation{"get", "/circuit-breakers", "servers", "The circuit breakers by the names of their servers", "200 403", "{CircuitBreaker"},
    ApiOperation{"post", "/circuit-breakers/{server}/reset", "servers", "Closes one", "200 403 404 503", kMessage},
    ApiOperation{"get", "/configs/{client}", "clients", "What a client needs to use AgentHub; for Raycast a script", "200 400 403 404", "o", "server:s view:s"},

    ApiOperation{"get", "/audit/activity", "activity", "Recorded requests and calls, newest first", "200 403 422 503 504", "total:i limit:i offset:i entries:[ActivityEntry", kRows},
    ApiOperation{"delete", "/audit/activity", "activity", "Forgets them", "200 403 503 504", kMessage},
    ApiOperation{"get", "/audit/activity/stats", "activity", "Counts by method and status", "200 403 503 504", "total_entries:i by_method:o by_status:o"},
    ApiOperation{"post", "/audit/activity/cleanup", "activity", "Forgets those older than so many days, 30 unless told", "200 400 403 422 503 504", "deleted:i", "days:i"},
    ApiOperation{"get", "/audit/activity/export", "activity", "All that match, oldest first, line by line: NDJSON, or CSV with format=csv", "200 403 422 503 504", "application/x-ndjson", kExported},
    ApiOperation{"get", "/audit/activity/stream", "activity", "Those that match as events, as they are recorded; Last-Event-ID resumes", "200 400 403 422 503 504", kStream, kExported},

    ApiOperation{"get", "/audit/log", "audit", "Administrative actions, newest first", "200 403 422 500 503", "total:i limit:i offset:i entries:[AuditEntry", "actor:s action:s subject:s status:s request_id:s since:s until:s limit:i offset:i"},
    ApiOperation{"get", "/audit/integrity/verify", "audit", "Reads the whole audit and says whether it is as AgentHub wrote it, and which row is not", "200 403 422 500 503", "valid:b message:s current_checksum:s? previous_checksum:s? rows:i first_bad_row:i? kind:s incidents:i verified_at:s duration_ms:i", "anchor:s"},
    ApiOperation{"get", "/audit/integrity/history", "audit", "The verifications that found all well, newest first", "200 403 422 500", "total:i checksums:a", "limit:i"},
    ApiOperation{"get", "/security/alerts", "audit", "What an operator should look at, newest first", "200 400 403 422", "total:i alerts:[Alert", "limit:i severity:s"},
    ApiOperation{"get", "/security/alerts/stats", "audit", "Alerts by severity and type", "200 403", "total_alerts:i by_severity:o by_type:o"},

    ApiOperation{"get", "/hooks", "hooks", "The hooks around calls, and what has become of them", "200 403", "hooks:[Hook processes:i"},
    ApiOperation{"post", "/hooks/test", "hooks", "What rights and hooks would do with a call, which is not made", "200 403 404 422", "rights:o hooks:a outcome:s", "", "*server:s *tool:s arguments:o client:s"},

    ApiOperation{"post", "/ollama/enhance", "prompts", "A better prompt, or the same one and why", "200 403 422", kPrompt, "", kPromptBody},
    ApiOperation{"get", "/ollama/stats", "prompts", "The cache of better prompts, and Ollama's circuit breaker", "200 403", kPromptStats},
    ApiOperation{"post", "/ollama/reset", "prompts", "Empties the cache and closes the breaker", "200 403 503", kMessage},
    ApiOperation{"post", "/llm/enhance", "prompts", "As /ollama/enhance", "200 403 422", kPrompt, "", kPromptBody},
    ApiOperation{"get", "/llm/stats", "prompts", "As /ollama/stats", "200 403", kPromptStats},
    ApiOperation{"post", "/llm/reset", "prompts", "As /ollama/reset", "200 403 503", kMessage},

    ApiOperation{"get", "/ollama/api/{path}", "models", "What Ollama answers at /api/{path}; so with every method", "200 400 403 502 503 504", "o"},
    ApiOperation{"post", "/ollama/api/{path}", "models", "What Ollama answers at /api/{path}, streams piece by piece", "200 400 403 502 503 504", "o", "", "o"},
    ApiOperation{"delete", "/ollama/api/{path}", "models", "What Ollama answers at /api/{path}", "200 400 403 502 503 504", "o", "", "o"},
    ApiOperation{"get", "/llm/api/{path}", "models", "As /ollama/api/{path}", "200 400 403 502 503 504", "o"},
    ApiOperation{"post", "/llm/api/{path}", "models", "As /ollama/api/{path}", "200 400 403 502 503 504", "o", "", "o"},
    ApiOperation{"delete", "/llm/api/{path}", "models", "As /ollama/api/{path}", "200 400 403 502 503 504", "o", "", "o"},
    ApiOperation{"post", "/v1/chat/completions", "models", "OpenAI's API", "200 401 403 502 503 504", "o", "", "o"},
    ApiOperation{"post", "/v1/completions", "models", "OpenAI's API", "200 401 403 502 503 504", "o", "", "o"},
    ApiOperation{"post", "/v1/embeddings", "models", "OpenAI's API", "200 401 403 502 503 504", "o", "", "o"},
    ApiOperation{"post", "/v1/responses", "models", "OpenAI's API", "200 401 403 502 503 504", "o", "", "o"},
    ApiOperation{"get", "/v1/models", "models", "The models there are", "200 401 403 502 503 504", "object:s data:a"},
    ApiOperation{"get", "/v1/models/{path}", "models", "One of them", "200 401 403 404 502 503 504", "o"},

    ApiOperation{"get", "/", "pages", "Leads to the dashboard", "307 403", ""},
    ApiOperation{"get", "/docs", "pages", "Leads to the guide to this interface", "307 403", ""},
    ApiOperation{"get", "/redoc", "pages", "As /docs", "307 403", ""},
    ApiOperation{"get", "/openapi.json", "pages", "This document", "200 403", "openapi:s info:o paths:o components:o"},
    ApiOperation{"get", "/dashboard", "pages", "The dashboard", "200 403", kHtml},
    ApiOperation{"get", "/dashboard/{part}-partial", "pages", "A part of it: health, stats, activity or guides", "200 403 404 503 504", kHtml},
    ApiOperation{"get", "/dashboard/guides/view/{file}", "pages", "A guide", "200 400 403 404", kHtml},
    ApiOperation{"post", "/dashboard/actions/clear-cache", "pages", "Empties the cache of better prompts", "200 403 503", "status:s message:s"},
    ApiOperation{"post", "/dashboard/actions/start/{server}", "pages", "As /servers/{server}/start", "200 400 403 500 503", "status:s message:s"},
    ApiOperation{"post", "/dashboard/actions/stop/{server}", "pages", "As /servers/{server}/stop", "200 400 403 500 503", "status:s message:s"},
    ApiOperation{"post", "/dashboard/actions/restart/{server}", "pages", "As /servers/{server}/restart", "200 400 403 500 503", "status:s message:s"},
    ApiOperation{"get", "/static/{path}", "pages", "What the pages are made of", "200 403 404", "text/css"},
};

constexpr std::array kSchemas{
    ApiSchema{"Error", "detail:s"},
    ApiSchema{"ValidationError", "detail:[Fault"},
    ApiSchema{"Fault", "type:s loc:a msg:s"},
    ApiSchema{"JsonRpcMessage", "jsonrpc:s"},
    ApiSchema{"CircuitBreaker", "state:s failure_count:i success_count:i last_failure_time:s? last_success_time:s? total_failures:i total_successes:i times_opened:i"},
    ApiSchema{"ServerCounts", "total:i running:i stopped:i failed:i servers:o"},
    ApiSchema{"Server", "name:s package:s transport:s status:s pid:i? auto_start:b restart_count:i description:s"},
    ApiSchema{"ServerConfig", "package:s transport:s command:s? args:a env:o url:s? auto_start:b restart_on_failure:b max_restarts:i health_check_interval:n description:s"},
    ApiSchema{"Process", "pid:i? status:s started_at:s? restart_count:i last_error:s? reason:s"},
    ApiSchema{"Hook", "name:s on:s server:s method:s tool:s kind:s run:o timeout:n calls:i changed:i answered:i refused:i failed:i mean_ms:n? last_error:s? last_error_at:s?"},
    ApiSchema{"PromptCache", "hits:i misses:i size:i max_size:i evictions:i"},
    ApiSchema{"ActivityEntry", "id:s timestamp:s method:s path:s status:i duration:n duration_ms:n client_id:s client_ip:s request_id:s mcp_method:s server:s tool:s session:s outcome:s error_code:i error:s queue_ms:n server_ms:n bytes_in:i bytes_out:i"},
    ApiSchema{"AuditEntry", "seq:i timestamp:s actor:s client_ip:s? session:s? request_id:s? action:s subject:s status:s before:s? after:s? error:s? hash:s"},
    ApiSchema{"Alert", "id:i timestamp:s severity:s alert_type:s description:s details:o client_id:s client_ip:s"},
};
// clang-format on

}  // namespace

std::span<const ApiOperation> api_operations() noexcept {
    return kOperations;
}

std::span<const ApiSchema> api_schemas() noexcept {
    return kSchemas;
}

}  // namespace agenthub

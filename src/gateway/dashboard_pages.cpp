// The dashboard as HTML.
// Pure functions.

#include "gateway/dashboard_pages.hpp"

#include <cstdio>
#include <initializer_list>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "gateway/html.hpp"

namespace agenthub {
namespace {

std::string number(std::uint64_t value) {
    return "<td class=\"number\">" + std::to_string(value) + "</td>";
}

std::string cell(std::string_view text) {
    return "<td>" + html_text(text) + "</td>";
}

// A word that is its own style.
std::string word(std::string_view text) {
    const std::string shown = html_text(text);
    return "<span class=\"" + shown + "\">" + shown + "</span>";
}

std::string head_row(std::initializer_list<std::string_view> names) {
    std::string out = "<tr>";
    for (const std::string_view name : names)
        out.append("<th>").append(name).append("</th>");
    return out + "</tr>\n";
}

std::string fact(std::string_view name, const std::string& html) {
    return "<dt>" + html_text(name) + "</dt><dd>" + html + "</dd>\n";
}

// A button that works without scripts, too.
std::string button(std::string_view action, std::string_view label, std::string_view server = {}) {
    std::string out = "<form method=\"post\" action=\"/dashboard/actions/" + std::string(action);
    if (!server.empty())
        out += "/" + html_escaped(server);
    out += "\"><button";
    if (!server.empty())
        out += " aria-label=\"" + html_escaped(label) + " " + html_escaped(server) + "\"";
    return out + ">" + html_escaped(label) + "</button></form>\n";
}

std::string row_of(const ServerRow& server) {
    std::string out = "<tr><td title=\"" + html_text(server.description) + "\">" + html_text(server.name) + "</td>";
    out += "<td title=\"" + html_text(server.reason) + "\">" + word(server.status) + "</td>";
    out += cell(server.pid ? std::to_string(*server.pid) : "");
    out += number(server.restart_count) + number(server.calls) + number(server.errors);
    out += "<td>" + word(to_string(server.breaker)) + "</td>" + cell(redacted_clip(server.last_error, 200)) + "<td>";
    out += server.status == "stopped" || server.status == "failed" ? button("start", "Start", server.name)
                                                                   : button("stop", "Stop", server.name);
    return out + button("restart", "Restart", server.name) + "</td></tr>\n";
}

std::string row_of(const ActivityEntry& entry) {
    char duration[32];
    std::snprintf(duration, sizeof duration, "%.1f ms", static_cast<double>(entry.duration_us) / 1000.0);
    std::string out = "<tr>" + cell(iso8601(entry.unix_ms)) + cell(entry.http_method + " " + entry.path);
    out += cell(entry.tool.empty() ? entry.mcp_method : entry.mcp_method + " " + entry.tool);
    out += cell(entry.client_id) + "<td class=\"number\">" + std::to_string(entry.http_status) + "</td>";
    out += "<td title=\"" + html_text(entry.error_text) + "\">" + word(entry.outcome) + "</td>";
    return out + "<td class=\"number\">" + duration + "</td></tr>\n";
}

std::string section(std::string_view title, std::string_view from, std::string_view seconds, std::string_view html) {
    std::string out = "<section>\n<h2>" + std::string(title) + "</h2>\n<div data-from=\"" + std::string(from);
    out.append("\" data-every=\"").append(seconds).append("\">\n").append(html);
    return out + "</div>\n</section>\n";
}

std::string uptime(std::int64_t seconds) {
    return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min " +
           std::to_string(seconds % 60) + " s";
}

}  // namespace

std::string page(std::string_view title, std::string_view body) {
    std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    out += "<title>" + html_escaped(title) + "</title>\n";
    out += "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/static/css/dashboard.css\">\n";
    out += "<script defer src=\"/static/js/dashboard.js\"></script>\n</head>\n<body>\n";
    out.append(body);
    return out + "</body>\n</html>\n";
}

std::string dashboard_page(std::string_view health, std::string_view stats) {
    std::string body = "<header><h1>AgentHub</h1><span>" AGENTHUB_VERSION "</span></header>\n";
    body += "<p id=\"message\" role=\"status\"></p>\n<main>\n";
    body += section("Servers", "/dashboard/health-partial", "5", health);
    body += section("Numbers", "/dashboard/stats-partial", "10", stats);
    body += section("Activity", "/dashboard/activity-partial", "3", "<p>The last requests and calls come here.</p>\n");
    body += section("Guides", "/dashboard/guides-partial", "0", guides_part());
    return page("AgentHub", body + "</main>\n");
}

std::string health_part(const std::vector<ServerRow>& servers, const DaemonFacts& facts) {
    std::string out = "<p>AgentHub is " + word("up") + ", Ollama is " + word(to_string(facts.ollama.state)) + ".</p>\n";
    if (servers.empty())
        return out + "<p>No server is configured yet. The guide to the configuration says how to add one.</p>\n";
    out += "<table>\n" +
           head_row({"Server", "Status", "PID", "Restarts", "Calls", "Errors", "Breaker", "Last error", "Actions"});
    for (const ServerRow& server : servers)
        out += row_of(server);
    return out + "</table>\n";
}

std::string stats_part(const DaemonFacts& facts) {
    const PromptCacheStats& cache = facts.prompts;
    const auto count = [](auto value) { return std::to_string(value); };
    std::string out = "<dl>\n" + fact("Uptime", uptime(facts.uptime_seconds));
    out += fact("Connections", count(facts.connections)) + fact("Sessions", count(facts.sessions));
    out += fact("Recorded", count(facts.activity.recorded) + ", lost " + count(facts.activity.dropped));
    if (!facts.activity.last_error.empty())
        out += fact("Database", "<span class=\"error\">" + html_text(facts.activity.last_error) + "</span>");
    out += fact("Better prompts", count(cache.size) + " of " + count(cache.max_size) + " kept, " + count(cache.hits) +
                                      " hits, " + count(cache.misses) + " misses");
    return out + "</dl>\n" + button("clear-cache", "Clear the cache");
}

std::string activity_part(const ActivityPage& page) {
    if (page.entries.empty())
        return "<p>Nothing has been recorded yet.</p>\n";
    std::string out = "<table>\n" + head_row({"Time", "Request", "Call", "Client", "Status", "Outcome", "Duration"});
    for (const ActivityEntry& entry : page.entries)
        out += row_of(entry);
    return out + "</table>\n<p>The last " + std::to_string(page.entries.size()) + " of " + std::to_string(page.total) +
           ".</p>\n";
}

std::string guides_part() {
    std::string out = "<ul>\n";
    for (const EmbeddedFile& guide : embedded_guides())
        out += "<li><a href=\"/dashboard/guides/view/" + html_escaped(guide.name) + "\">" +
               html_escaped(title_of_markdown(guide.text)) + "</a></li>\n";
    return out + "</ul>\n";
}

std::string guide_page(const EmbeddedFile& guide) {
    const std::string title = std::string(title_of_markdown(guide.text)) + " – AgentHub";
    return page(title, "<main class=\"guide\">\n<p><a href=\"/dashboard\">Dashboard</a></p>\n" +
                           html_of_markdown(guide.text) + "</main>\n");
}

}  // namespace agenthub

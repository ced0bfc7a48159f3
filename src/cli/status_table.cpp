// What `agenthub status` prints.
// Pure functions.

#include "cli/status_table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "base/text.hpp"
#include "cli/console.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

constexpr std::size_t kShownErrorBytes = 100;

// Null for anything that is not there.
const json& member(const json& object, std::string_view key) {
    static const json kNothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() ? *found : kNothing;
}

std::string cell(const json& value) {
    if (value.is_string() && !value.get_ref<const std::string&>().empty())
        return one_line(value.get_ref<const std::string&>());
    if (value.is_number() || value.is_boolean())
        return value.dump();
    return "-";
}

// Three significant digits are what such a number is worth.
std::string milliseconds_cell(const json& value) {
    if (!value.is_number())
        return "-";
    const auto ms = value.get<double>();
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", ms < 10 ? 2 : (ms < 100 ? 1 : 0), ms);
    return text.data();
}

// "523 kB", "47 MB", "1.2 GB", in powers of 1000.
std::string bytes_cell(const json& value) {
    if (!value.is_number() || value.get<double>() < 0)
        return "-";
    double amount = value.get<double>() / 1e3;
    const char* unit = " kB";
    for (const char* larger : {" MB", " GB", " TB"}) {
        if (amount < 999.5)
            break;
        amount /= 1e3;
        unit = larger;
    }
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f%s", amount < 9.95 ? 1 : 0, amount, unit);
    return text.data();
}

std::string seconds_cell(const json& value) {
    if (!value.is_number())
        return "-";
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value.get<double>());
    return text.data();
}

std::string uptime(const json& seconds) {
    if (!seconds.is_number() || seconds.get<double>() < 0 || seconds.get<double>() > 1e12)
        return "-";
    const auto all = static_cast<std::int64_t>(seconds.get<double>());
    const std::int64_t days = all / 86400, hours = all / 3600 % 24, minutes = all / 60 % 60;
    if (days > 0)
        return std::to_string(days) + " d " + std::to_string(hours) + " h";
    if (hours > 0)
        return std::to_string(hours) + " h " + std::to_string(minutes) + " min";
    return minutes > 0 ? std::to_string(minutes) + " min" : std::to_string(all) + " s";
}

// "router up, ollama unknown": the members that are text, and those whose "status" is.
std::string services_line(const json& services) {
    std::string out;
    for (const auto& [name, value] : services.items()) {
        const json& status = value.is_object() ? member(value, "status") : value;
        if (status.is_string())
            out += (out.empty() ? "" : ", ") + one_line(name) + " " + cell(status);
    }
    return out.empty() ? "-" : out;
}

std::string counts_line(const json& object, const std::vector<const char*>& names) {
    std::string out;
    for (const char* name : names)
        out += (out.empty() ? "" : ", ") + cell(member(object, name)) + " " + name;
    return out;
}

// What AgentHub costs, and whether each of its processes is there.
std::string cost_lines(const json& details) {
    const json& loop = member(details, "loop");
    const json& daemon = member(details, "daemon");
    const json& processes = member(details, "processes");
    const std::string expected = cell(member(processes, "expected"));
    const std::string found = cell(member(processes, "found"));
    return "loop: lag " + milliseconds_cell(member(loop, "lag_ms")) + " ms, at most " +
           milliseconds_cell(member(loop, "max_lag_ms")) + " ms; " + cell(member(loop, "tasks")) + " tasks\n" +
           "daemon: " + bytes_cell(member(daemon, "rss_bytes")) + ", " + seconds_cell(member(daemon, "cpu_seconds")) +
           " s CPU, " + cell(member(daemon, "descriptors")) + " descriptors\n" + "processes: " + expected +
           " expected, " + found + " found\n";
}

// "AH-401 the server exited with code 3".
std::string last_error(const json& server) {
    const json& code = member(server, "last_error_code");
    const std::string text = cell(member(server, "last_error"));
    return clip(code.is_string() ? cell(code) + " " + text : text, kShownErrorBytes);
}

std::vector<std::string> row_of(const std::string& name, const json& listed, const json& measured, const json& usage) {
    const auto either = [&](const char* key) {
        return cell(member(member(measured, key).is_null() ? listed : measured, key));
    };
    return {one_line(name),
            either("status"),
            either("pid"),
            either("restart_count"),
            cell(member(measured, "calls")),
            cell(member(measured, "errors")),
            milliseconds_cell(member(measured, "p50_ms")),
            milliseconds_cell(member(measured, "p99_ms")),
            seconds_cell(member(usage, "cpu_seconds")),
            bytes_cell(member(usage, "rss_bytes")),
            last_error(member(measured, "last_error").is_null() ? listed : measured)};
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string server_table(const json& listed, const json& measured, const json& usages) {
    std::vector<std::vector<std::string>> rows{
        {"SERVER", "STATE", "PID", "RESTARTS", "CALLS", "ERRORS", "P50 MS", "P99 MS", "CPU S", "MEMORY", "LAST ERROR"}};
    std::vector<std::string> seen;
    for (const json& server : listed.is_array() ? listed : json::array()) {
        const json& name = member(server, "name");
        if (!name.is_string())
            continue;
        seen.push_back(name.get<std::string>());
        rows.push_back(row_of(seen.back(), server, member(measured, seen.back()), member(usages, seen.back())));
    }
    for (const auto& [name, server] : measured.items())
        if (std::find(seen.begin(), seen.end(), name) == seen.end())
            rows.push_back(row_of(name, json(), server, member(usages, name)));
    return rows.size() == 1 ? "no servers are configured\n" : aligned(rows);
}

}  // namespace

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1));
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size())
                out.append(widths[i] - width_of(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

std::string status_page(std::string_view url, const json& health, const json& servers) {
    const json& services = member(health, "services");
    const json& activity = member(services, "activity");
    const json& measured = member(health, "servers");
    std::string out = "AgentHub " + cell(member(health, "version")) + " at " + std::string(url) + ": " +
                      cell(member(health, "status")) + ", up " + uptime(member(health, "uptime_seconds")) + "\n";
    out += "services: " + services_line(services) + "\n";
    out += "activity: " + counts_line(activity, {"recorded", "committed", "dropped", "queued"});
    if (member(activity, "last_error").is_string())
        out += "; last error: " + clip(cell(activity["last_error"]), kShownErrorBytes);
    out += "\n" + cost_lines(member(health, "details"));
    out += "servers: " + counts_line(measured, {"total", "running", "stopped", "failed"}) + "\n\n";
    return out + server_table(servers, member(measured, "servers"), member(member(health, "details"), "servers"));
}

}  // namespace agenthub

// agenthub reload: make the running daemon take its changed configuration over.
// A function; owns what it needs while it runs.

#include "cli/reload_command.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

#include "cli/daemon_client.hpp"
#include "cli/failure_text.hpp"
#include "cli/watchdog.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

// Secrets may take half a minute, and another reload may be under way.
constexpr std::chrono::milliseconds kPatience{120'000};

// Line by line: whatever another program sends must not steer the terminal.
std::string harmless(const std::string& text) {
    std::string out;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        out += (start == 0 ? "" : "\n") + one_line(std::string_view(text).substr(start, end - start));
        start = end + 1;
    }
    return out;
}

result<json> post_reload(DaemonClient& client, const Watchdog& watchdog) {
    DaemonRequest request;
    request.method = "POST";
    request.path = "/admin/reload";
    request.headers.emplace_back("Accept", "application/json");
    auto reply = client.send(request, watchdog.remaining());
    if (watchdog.outcome() == Watchdog::Outcome::interrupted)
        return Error(errc::cancelled, "interrupted; the reload may have happened all the same");
    if (watchdog.outcome() == Watchdog::Outcome::timed_out ||
        (reply.has_error() && reply.error().code == errc::timeout))
        return Error(
            errc::timeout,
            "AgentHub at " + client.url().text + " did not answer within " + std::to_string(kPatience.count() / 1000) +
                " s. The reload may still happen: secrets, or a reload before it, may keep it waiting. The log of "
                "`agenthub serve` tells more");
    if (reply.has_error())
        return reply.error();
    json parsed = json::parse(reply->body, nullptr, false);
    if (reply->status == 400 && parsed.is_object() && parsed.value("detail", json()).is_string())
        return Error(errc::invalid_config, "nothing has changed: " + harmless(parsed["detail"].get<std::string>()));
    if (!reply->ok() || !parsed.is_object())
        return describe_http_reply(*reply, client.url());
    return parsed;
}

// The list at `place`, on one line.
void print_names(std::ostream& out, const json& report, const char* place, const char* title) {
    const json::json_pointer pointer(place);
    if (!report.contains(pointer) || !report.at(pointer).is_array() || report.at(pointer).empty())
        return;
    std::string line = title;
    for (const auto& name : report.at(pointer))
        line += " " + (name.is_string() ? name.get<std::string>() : name.dump());
    out << one_line(line) << '\n';
}

void print_warnings(std::ostream& err, const json& report) {
    const json warnings = report.value("warnings", json::array());
    for (const auto& warning : warnings) {
        if (!warning.is_object())
            continue;
        std::string text = warning.value("path", "");
        text += text.empty() ? "" : ": ";
        text += warning.value("message", "");
        err << "warning: " << one_line(text) << '\n';
    }
}

}  // namespace

int run_reload(const ReloadOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "reload", url.error(), kExitUsage);
    DaemonClient client(*url);
    const Watchdog watchdog(kPatience, [&] { client.stop(); });
    const auto report = post_reload(client, watchdog);
    if (report.has_error())
        return fail(console, "reload", report.error(), kExitFailed);
    const json file = report->value("file", json());
    console.out << one_line(report->value("message", "Configuration reloaded"));
    if (file.is_string() && !file.get<std::string>().empty())
        console.out << ": " << one_line(file.get<std::string>());
    console.out << '\n';
    print_names(console.out, *report, "/servers/added", "added:");
    print_names(console.out, *report, "/servers/removed", "removed:");
    print_names(console.out, *report, "/servers/changed", "changed, with a new process:");
    print_names(console.out, *report, "/servers/updated", "changed, without one:");
    print_names(console.out, *report, "/settings/applied", "settings in force:");
    print_names(console.out, *report, "/settings/next_start", "settings that take effect at the next start:");
    print_warnings(console.err, *report);
    return kExitFine;
}

}  // namespace agenthub

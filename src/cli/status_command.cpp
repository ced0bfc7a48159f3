// agenthub status: how the running daemon and its servers are.
// A function; owns what it needs while it runs.

#include "cli/status_command.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

#include "cli/daemon_client.hpp"
#include "cli/failure_text.hpp"
#include "cli/status_table.hpp"
#include "cli/watchdog.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

// The daemon promises these documents within 50 ms.
constexpr std::chrono::milliseconds kPatience{10000};

// A document that is an object, as text and parsed.
struct Document {
    std::string text;
    json parsed;
};

result<Document> get(DaemonClient& client, const std::string& path, const Watchdog& watchdog) {
    DaemonRequest request;
    request.path = path;
    request.headers.emplace_back("Accept", "application/json");
    auto reply = client.send(request, watchdog.remaining());
    if (watchdog.outcome() == Watchdog::Outcome::interrupted)
        return Error(errc::cancelled, "interrupted");
    if (watchdog.outcome() == Watchdog::Outcome::timed_out ||
        (reply.has_error() && reply.error().code == errc::timeout))
        return Error(errc::timeout, "AgentHub at " + client.url().text + " did not answer GET " + path + " within " +
                                        std::to_string(kPatience.count() / 1000) +
                                        " s; it hangs or is overloaded. The log of `agenthub serve` tells more");
    if (reply.has_error())
        return reply.error();
    json parsed = json::parse(reply->body, nullptr, false);
    if (!reply->ok() || !parsed.is_object())
        return describe_http_reply(*reply, client.url());
    return Document{std::move(reply->body), std::move(parsed)};
}

}  // namespace

int run_status(const StatusOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "status", url.error(), kExitUsage);
    DaemonClient client(*url);
    const Watchdog watchdog(kPatience, [&] { client.stop(); });
    const auto health = get(client, "/health", watchdog);
    if (health.has_error())
        return fail(console, "status", health.error(), kExitFailed);
    if (options.json) {
        console.out << health->text;
        if (!health->text.ends_with('\n'))
            console.out << '\n';
        return kExitFine;
    }
    // Half of the truth is better than none: the page does without the list.
    const auto servers = get(client, "/servers", watchdog);
    console.out << status_page(url->text, health->parsed,
                               servers.has_value() ? servers->parsed.value("servers", json()) : json());
    if (servers.has_error())
        return fail(console, "status", servers.error(), kExitFailed);
    return kExitFine;
}

}  // namespace agenthub

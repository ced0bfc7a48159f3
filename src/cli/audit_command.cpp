// agenthub audit: verify and log.
// Functions; they own what they need while they run.

#include "cli/audit_command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <ostream>

#include "audit/query.hpp"
#include "cli/audit_offline.hpp"
#include "cli/daemon_client.hpp"
#include "cli/failure_text.hpp"
#include "cli/watchdog.hpp"
#include "config/environment.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// A record of many millions of rows takes a while to be read.
constexpr std::chrono::milliseconds kPatience{600'000};

std::string encoded(std::string_view text) {
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-') {
            out += c;
            continue;
        }
        out += '%';
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    return out;
}

result<ordered_json> get(const DaemonUrl& url, const std::string& path) {
    DaemonClient client(url);
    const Watchdog watchdog(kPatience, [&] { client.stop(); });
    DaemonRequest request;
    request.path = path;
    auto reply = client.send(request, watchdog.remaining());
    if (watchdog.outcome() == Watchdog::Outcome::interrupted)
        return Error(errc::cancelled, "interrupted");
    if (watchdog.outcome() == Watchdog::Outcome::timed_out)
        return Error(errc::timeout, "AgentHub at " + url.text + " did not answer within " +
                                        std::to_string(kPatience.count() / 1000) + " s; its log tells more");
    if (reply.has_error())
        return reply.error();
    auto parsed = ordered_json::parse(reply->body, nullptr, false);
    if (!reply->ok() || !parsed.is_object())
        return describe_http_reply(*reply, url);
    return parsed;
}

// Whatever a client has called itself must not steer the terminal.
std::string shown(const ordered_json& object, const char* key) {
    const ordered_json value = object.value(key, ordered_json());
    return value.is_null() ? "" : one_line(value.is_string() ? value.get<std::string>() : value.dump());
}

result<ordered_json> verification(const AuditCommandOptions& options) {
    if (options.state_dir)
        return verify_offline(*options.state_dir, options.anchor);
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return url.error();
    return get(*url, "/audit/integrity/verify" + (options.anchor.empty() ? "" : "?anchor=" + encoded(options.anchor)));
}

int run_verify(const AuditCommandOptions& options, const Console& console) {
    const auto found = verification(options);
    if (found.has_error())
        return fail(console, "audit verify", found.error(), kExitFailed);
    const ordered_json valid = found->value("valid", ordered_json(false));
    const bool is_valid = valid.is_boolean() && valid.get<bool>();
    if (options.json) {
        console.out << found->dump() << '\n';
        return is_valid ? kExitFine : kExitFailed;
    }
    console.out << (is_valid ? "valid: " : "NOT VALID: ") << shown(*found, "message") << '\n';
    if (!is_valid)
        console.out << "kind: " << shown(*found, "kind") << ", first bad row: "
                    << (shown(*found, "first_bad_row").empty() ? "-" : shown(*found, "first_bad_row")) << '\n';
    else
        console.out << "keep this point elsewhere: " << shown(*found, "rows") << ':'
                    << shown(*found, "current_checksum") << '\n';
    return is_valid ? kExitFine : kExitFailed;
}

void print_entry(std::ostream& out, const ordered_json& entry) {
    out << shown(entry, "seq") << "  " << shown(entry, "timestamp") << "  " << shown(entry, "actor") << "  "
        << shown(entry, "action") << "  " << shown(entry, "subject") << "  " << shown(entry, "status");
    for (const char* key : {"before", "after", "error"})
        if (const std::string text = shown(entry, key); !text.empty())
            out << "  " << key << ": " << text;
    out << '\n';
}

int run_log(const AuditCommandOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "audit log", url.error(), kExitUsage);
    std::string path = "/audit/log?limit=" + std::to_string(options.limit);
    const std::pair<const char*, const std::string*> filters[] = {{"action", &options.action},
                                                                  {"actor", &options.actor},
                                                                  {"subject", &options.subject},
                                                                  {"since", &options.since}};
    for (const auto& [name, value] : filters)
        if (!value->empty())
            path += "&" + std::string(name) + "=" + encoded(*value);
    const auto page = get(*url, path);
    if (page.has_error())
        return fail(console, "audit log", page.error(), kExitFailed);
    if (options.json) {
        console.out << page->dump() << '\n';
        return kExitFine;
    }
    const ordered_json entries = page->value("entries", ordered_json::array());
    // The newest stands at the end, where the eye is.
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
        print_entry(console.out, *entry);
    return kExitFine;
}

}  // namespace

void add_audit(CLI::App& app, AuditCommandOptions& options, const char* url_help) {
    options.command = app.add_subcommand("audit", "Verify the record of administrative actions, or show it");
    options.command->require_subcommand(1);
    options.verify = options.command->add_subcommand("verify", "Read all of the record and say whether it is whole");
    options.verify->footer(
        "Examples:\n"
        "  agenthub audit verify\n"
        "  agenthub audit verify --anchor 120:5f70…   (a point that an earlier verification has printed)\n"
        "  agenthub audit verify --state-dir ~/.local/state/agenthub   (without a daemon)\n"
        "Exit code 1 when it is not.");
    options.verify->add_flag("--json", options.json, "Print the whole answer as JSON");
    options.verify->add_option("--anchor", options.anchor, "A point of the record that was kept elsewhere")
        ->type_name("SEQ:HASH");
    options.verify->add_option("--state-dir", options.state_dir, "Read the files there; no daemon may use them")
        ->type_name("DIR");
    options.log = options.command->add_subcommand("log", "Show the newest administrative actions");
    options.log->footer("Example:\n  agenthub audit log --action 'server.*' --since 1d");
    options.log->add_flag("--json", options.json, "Print the document of GET /audit/log as it is");
    options.log->add_option("--limit", options.limit, "How many")->check(CLI::Range(1, 1000));
    options.log->add_option("--action", options.action, "Of this kind; one that ends with * is a beginning");
    options.log->add_option("--actor", options.actor, "Of this client");
    options.log->add_option("--subject", options.subject, "Done to this, such as the name of a server");
    options.log->add_option("--since", options.since, "From then on: 15m, 2026-07-28, 2026-07-28T12:00:00Z");
    for (CLI::App* command : {options.verify, options.log})
        command->add_option("--url", options.url, url_help)->type_name("URL");
}

int run_audit(const AuditCommandOptions& options, const Console& console) {
    return *options.verify ? run_verify(options, console) : run_log(options, console);
}

}  // namespace agenthub

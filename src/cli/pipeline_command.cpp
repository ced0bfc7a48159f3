// agenthub pipeline: which pipelines there are, and running one.
// Functions; they own what they need while they run.

#include "cli/pipeline_command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "cli/call_command.hpp"
#include "cli/daemon_client.hpp"
#include "cli/failure_text.hpp"
#include "cli/watchdog.hpp"

namespace agenthub {
namespace {

using json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kPatience{30'000};
constexpr double kMaxTimeoutSeconds = 604800;  // a week

result<std::string> read_all(std::istream& in) {
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.size() > kMaxArgumentBytes)
        return Error(errc::too_large, "the input is longer than " + std::to_string(kMaxArgumentBytes) + " bytes");
    return text;
}

result<std::string> input_of(const PipelineOptions& options, const Console& console) {
    if (options.input_file) {
        std::ifstream file(*options.input_file, std::ios::binary);
        if (!file)
            return Error(errc::io_error, "cannot read " + *options.input_file + ". Check the path");
        return read_all(file);
    }
    return options.input == "-" ? read_all(console.in) : result<std::string>(options.input);
}

std::string text_in(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? one_line(found->get<std::string>()) : std::string();
}

std::string reason_in(const json& object) {
    const auto error = object.find("error");
    if (error != object.end() && error->is_string())  // the prototype's documentation pipeline has it so
        return text_in(object, "error");
    return error != object.end() && error->is_object() ? text_in(*error, "message") : std::string();
}

// A list of faults, as a 422 has it, on one line.
std::string detail_in(const json& body) {
    const auto detail = body.is_object() ? body.find("detail") : body.end();
    if (!body.is_object() || detail == body.end())
        return {};
    if (detail->is_string())
        return one_line(detail->get<std::string>());
    std::string out;
    for (const json& fault : *detail) {
        const auto loc = fault.is_object() ? fault.find("loc") : fault.end();
        if (!fault.is_object() || loc == fault.end() || !loc->is_array() || loc->empty())
            continue;
        out += out.empty() ? "" : "; ";
        out += one_line(loc->back().is_string() ? loc->back().get<std::string>() : loc->back().dump()) + ": ";
        out += text_in(fault, "msg");
    }
    return out;
}

void print_step(const json& step, std::ostream& err) {
    std::string line = "step " + text_in(step, "name") + ": " + text_in(step, "status");
    if (const auto time = step.find("duration_ms"); time != step.end() && time->is_number())
        line += " (" + time->dump() + " ms)";
    if (const std::string why = reason_in(step); !why.empty())
        line += ": " + why;
    err << line << "\n" << std::flush;
}

int print_report(const json& report, const PipelineOptions& options, const Console& console) {
    const auto output = report.find("output");
    if (options.json || output == report.end())
        console.out << report.dump(2) << "\n";
    else if (output != report.end() && output->is_string())
        console.out << output->get<std::string>() << "\n";
    else if (output != report.end() && !output->is_null())
        console.out << output->dump(2) << "\n";
    console.out << std::flush;
    const std::string status = text_in(report, "status");
    if (status == "complete")
        return kExitFine;
    const std::string why = reason_in(report);
    if (status == "partial") {
        console.err << "the pipeline ended, but not all of it was done: " << why << "\n";
        return kExitFine;
    }
    return fail(console, "pipeline", Error(errc::internal, "the pipeline '" + options.name + "' has failed: " + why),
                kExitFailed);
}

Error ended_early(Watchdog::Outcome outcome, const PipelineOptions& options) {
    if (outcome == Watchdog::Outcome::interrupted)
        return {errc::cancelled, "interrupted; the run was ended, and what its steps had done by then stays done"};
    return {errc::call_timeout, "the pipeline '" + options.name +
                                    "' did not end in time, so the run was ended. Give it more with --timeout"};
}

int start(const PipelineOptions& options, const std::string& input, DaemonClient& client, const Console& console) {
    const std::chrono::milliseconds limit(std::llround(options.timeout_seconds * 1000));
    const Watchdog watchdog(limit, [&] { client.stop(); });
    DaemonRequest request;
    request.method = "POST";
    request.path = "/pipelines/" + options.name;
    request.body = input;
    request.headers.emplace_back("Accept", "application/json, text/event-stream");
    std::optional<json> report;
    const auto take = [&](std::string_view data) {
        json event = json::parse(data, nullptr, false);
        if (!event.is_object())
            return true;
        if (text_in(event, "type") == "step")
            print_step(event, console.err);
        else
            report = std::move(event);
        return true;
    };
    const auto reply = client.send(request, watchdog.remaining(), take);
    if (report) {
        report->erase("type");
        return print_report(*report, options, console);
    }
    if (watchdog.outcome() != Watchdog::Outcome::none)
        return fail(console, "pipeline", ended_early(watchdog.outcome(), options), kExitFailed);
    if (reply.has_error())
        return fail(console, "pipeline", reply.error(), kExitFailed);
    const json body = json::parse(reply->body, nullptr, false);
    if (reply->ok() && body.is_object())
        return print_report(body, options, console);
    const std::string why = detail_in(body);
    if (why.empty())
        return fail(console, "pipeline", describe_http_reply(*reply, client.url()), kExitFailed);
    return fail(console, "pipeline", Error(errc::invalid_request, why), kExitFailed);
}

int list(const PipelineOptions& options, DaemonClient& client, const Console& console) {
    const Watchdog watchdog(kPatience, [&] { client.stop(); });
    DaemonRequest request;
    request.path = "/pipelines";
    const auto reply = client.send(request, watchdog.remaining());
    if (reply.has_error())
        return fail(console, "pipeline", reply.error(), kExitFailed);
    const json body = json::parse(reply->body, nullptr, false);
    if (!reply->ok() || !body.is_object() || !body.contains("pipelines") || !body["pipelines"].is_array())
        return fail(console, "pipeline", describe_http_reply(*reply, client.url()), kExitFailed);
    if (options.json) {
        console.out << body.dump(2) << "\n";
        return kExitFine;
    }
    for (const json& pipeline : body["pipelines"]) {
        const std::string description = text_in(pipeline, "description");
        console.out << text_in(pipeline, "name") << (description.empty() ? "" : "  ") << description << "\n";
    }
    if (body["pipelines"].empty())
        console.err << "no pipeline is configured: the section \"pipelines\" of the configuration has none\n";
    return kExitFine;
}

// Names of pipelines need no encoding; anything else is none.
bool is_name(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

}  // namespace

void add_pipeline(CLI::App& app, PipelineOptions& options, const char* url_help) {
    options.command = app.add_subcommand("pipeline", "Show the configured pipelines, or run one");
    options.command->require_subcommand(1);
    options.command->footer(
        "Examples:\n"
        "  agenthub pipeline list\n"
        "  agenthub pipeline run documentation '{\"repo_path\": \"/src/app\", \"project_name\": \"app\"}'");
    options.list = options.command->add_subcommand("list", "Which there are");
    options.run = options.command->add_subcommand("run", "Run one, and tell of each step");
    options.run->footer("Exit code 1 when the run has failed; 0 also when steps have failed that it went on without.");
    options.run->add_option("NAME", options.name, "Name of the pipeline")->required();
    auto* const input = options.run->add_option(
        "INPUT-JSON", options.input, "Its input, a JSON object (default: {}); - reads it from standard input");
    options.run->add_option("--input", options.input_file, "File with the input")->type_name("FILE")->excludes(input);
    options.run->add_option("--timeout", options.timeout_seconds, "How long to wait for it (default: 3600)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, kMaxTimeoutSeconds));
    for (CLI::App* command : {options.list, options.run}) {
        command->add_flag("--json", options.json, "Print the whole document");
        command->add_option("--url", options.url, url_help)->type_name("URL");
    }
}

int run_pipeline(const PipelineOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "pipeline", url.error(), kExitUsage);
    DaemonClient client(*url);
    if (*options.list)
        return list(options, client, console);
    if (!is_name(options.name))
        return fail(console, "pipeline",
                    Error(errc::invalid_request, "'" + one_line(options.name) +
                                                     "' is no name of a pipeline; `agenthub pipeline list` shows them"),
                    kExitUsage);
    const auto input = input_of(options, console);
    if (input.has_error())
        return fail(console, "pipeline", input.error(), kExitUsage);
    if (!json::accept(*input))
        return fail(console, "pipeline",
                    Error(errc::parse_error, "the input is no JSON. Give an object, as '{\"a\": 1}'"), kExitUsage);
    return start(options, *input, client, console);
}

}  // namespace agenthub

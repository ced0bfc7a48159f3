// What a refusal means to the person at the terminal, and what to do next.
// Pure functions.

#include "cli/failure_text.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/console.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

constexpr std::size_t kShownBytes = 2000;  // of somebody else's text

constexpr std::string_view kMoreTime =
    "The tool may or may not have been carried out; give it more time with call_timeout, or "
    "max_call_time, in the configuration";

std::string_view next_step(errc code) {
    switch (code) {
        case errc::server_unknown: return "`agenthub status` lists the servers there are";
        case errc::server_disabled:
            return "Correct its entry in the configuration, `agenthub check-config` tells what is wrong with it";
        case errc::server_stopped: return "Start it with POST /servers/NAME/start, then call again";
        case errc::start_failed:
        case errc::start_exited:
        case errc::start_refused:
        case errc::start_timeout:
        case errc::upstream_unreachable:
        case errc::model_unknown: return "`agenthub status` shows its last error; nothing was carried out";
        case errc::busy: return "Nothing was carried out; try again in a moment";
        case errc::breaker_open:
            return "Nothing was carried out; `agenthub status` shows the server's last error, "
                   "POST /circuit-breakers/NAME/reset lets calls through at once";
        case errc::server_exited:
        case errc::server_unhealthy:
        case errc::server_out_of_memory:
        case errc::write_failed:
        case errc::upstream_failed:
        case errc::upstream_refused:
        case errc::cancelled:
            return "The tool may or may not have been carried out: look before calling again; `agenthub status` shows "
                   "the server's last error";
        case errc::call_timeout: return kMoreTime;
        case errc::method_not_found:
        case errc::invalid_params: return "Check the name of the tool and its arguments";
        case errc::forbidden: return "Ask the operator: \"rights\" of the configuration says who may call what";
        case errc::hook_refused: return "The sentence is that of a hook; `GET /hooks` lists them";
        case errc::record_lost: return "The tool has been carried out: do not repeat blindly";
        case errc::unrecorded: return "See whether the disk is full, then repeat";
        case errc::too_large: return "Send less, or raise the limit in the configuration";
        default: return "The log of `agenthub serve` tells more";
    }
}

errc kind_of(const json& error, std::string_view reason) {
    for (int i = 0; i < kErrorCodes; ++i)
        if (to_string(static_cast<errc>(i)) == reason)
            return static_cast<errc>(i);
    const json code = error.value("code", json());
    if (code == -32601)
        return errc::method_not_found;
    return code == -32602 ? errc::invalid_params : errc::internal;
}

// `text` without its full stop, so that a sentence can follow.
std::string sentence(std::string_view text) {
    std::string out = clip(one_line(trim(text)), kShownBytes);
    while (out.ends_with('.'))
        out.pop_back();
    return out;
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_member(const json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Error describe_rpc_error(const json& error) {
    if (!error.is_object())
        return {errc::internal,
                "the server answered with an error that is no object. " + std::string(next_step(errc::internal))};
    const json data = error.value("data", json());
    const std::string reason = text_member(data, "reason");
    const std::string message = text_member(error, "message");
    const errc code = kind_of(error, reason);
    std::string marks;
    for (const std::string& mark : {text_member(data, "code"), reason})
        if (!mark.empty())
            marks += (marks.empty() ? "" : ", ") + one_line(mark);
    if (error.contains("code"))
        marks += (marks.empty() ? "code " : ", code ") + dump(error["code"]);
    std::string text = message.empty() ? "the server answered with an error without a message" : sentence(message);
    if (!marks.empty())
        text += " (" + clip(marks, kShownBytes) + ")";
    return {code, text + ". " + std::string(next_step(code))};
}

Error describe_http_reply(const DaemonReply& reply, const DaemonUrl& url) {
    const json body = json::parse(reply.body, nullptr, false);
    if (body.is_object() && body.contains("error"))
        return describe_rpc_error(body["error"]);
    const std::string answered = "AgentHub at " + url.text + " answered HTTP " + std::to_string(reply.status);
    if (body.is_object() && body.contains("detail")) {
        const json& detail = body["detail"];
        const std::string why = detail.is_string() ? detail.get<std::string>() : dump(detail);
        return {errc::io_error, answered + ": " + sentence(why) + ". `agenthub status` shows how it is"};
    }
    std::string what = reply.media_type.empty() ? "no content type" : reply.media_type;
    if (reply.media_type == "application/json")
        what = body.is_discarded() ? "a body that is not JSON" : "JSON of another shape";
    return {errc::io_error, answered + " with " + one_line(what) +
                                ", which is not what AgentHub says here. Is it AgentHub that " +
                                "listens there? Name another address with --url or AGENTHUB_URL"};
}

}  // namespace agenthub

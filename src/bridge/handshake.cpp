// Probing a server's era and opening the connection.
// Lives for one opening.

#include "bridge/handshake.hpp"

#include <algorithm>
#include <utility>

#include "base/redactor.hpp"
#include "mcp/era_request.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "mcp/revision.hpp"

namespace agenthub {
namespace {

std::string initialize_params(const Introduction& introduction) {
    std::string params = R"({"protocolVersion":")";
    params += mcp::traits(mcp::kNewestLegacy).name;
    params += R"(","capabilities":)" + introduction.capabilities;
    params += R"(,"clientInfo":)" + introduction.client_info + "}";
    return params;
}

}  // namespace

Introduction shared_introduction() {
    return {R"({"sampling":{},"elicitation":{"form":{},"url":{}}})",
            R"({"name":"agenthub","version":")" AGENTHUB_VERSION R"("})"};
}

awaitable<result<ServerInfo>> Handshake::run(Deadline deadline) {
    if (plan_.probe) {
        probing_ = true;
        const Deadline limit = plan_.initialize ? Deadline::after(plan_.probe_limit).earlier(deadline) : deadline;
        const auto meta = mcp::modern_meta(plan_.introduction.capabilities, plan_.introduction.client_info, {});
        const std::string params = R"({"_meta":{)" + meta + "}}";
        const auto reply = co_await bridge_.request(mcp::method::discover, params, limit);
        probing_ = !reply && reply.error().code != errc::call_timeout;
        bool is_modern = !plan_.initialize;
        auto info = read_discovery(reply, is_modern);
        if (info || is_modern)
            co_return info;
    }
    co_return co_await initialize(deadline);
}

// `is_modern` becomes true when the answer is one that only a modern server gives: initialize would be in vain.
result<ServerInfo> Handshake::read_discovery(const result<mcp::Message>& reply, bool& is_modern) const {
    if (!reply) {
        is_modern = is_modern || reply.error().code != errc::call_timeout;
        return no_answer(reply.error(), mcp::method::discover);
    }
    const bool failed = reply->kind() == mcp::Kind::error;
    const bool modern_error = failed && reply->error_code() <= mcp::code::header_mismatch &&
                              reply->error_code() >= mcp::code::unsupported_version;
    const std::string_view versions = failed ? mcp::member(mcp::member(reply->error_member(), "data"), "supported")
                                             : mcp::member(reply->result_member(), "supportedVersions");
    if ((!failed || modern_error) && versions.starts_with('[')) {
        const auto offered = mcp::strings_of(versions);
        const std::string_view ours = mcp::traits(mcp::Revision::r2026_07_28).name;
        const bool must_be_modern = std::exchange(is_modern, true);
        if (std::find(offered.begin(), offered.end(), ours) != offered.end()) {
            if (failed)
                return refused(*reply, mcp::method::discover);
            return read_discover_result(reply->result_member());
        }
        is_modern = must_be_modern || std::none_of(offered.begin(), offered.end(), [](const std::string& version) {
                        const auto revision = mcp::revision_of(version);
                        return revision && mcp::traits(*revision).legacy;
                    });
        return Error(errc::start_refused, "server '" + server_ + "' speaks the protocol versions " +
                                              redacted_clip(versions, 200) + ", none of which AgentHub does");
    }
    is_modern = is_modern || modern_error;
    return refused(*reply, mcp::method::discover);
}

awaitable<result<ServerInfo>> Handshake::initialize(Deadline deadline) {
    const std::string params = initialize_params(plan_.introduction);
    auto reply = co_await bridge_.request(mcp::method::initialize, params, deadline);
    if (!reply)
        co_return no_answer(reply.error(), mcp::method::initialize);
    if (reply->kind() == mcp::Kind::error)
        co_return refused(*reply, mcp::method::initialize);
    auto info = read_server_info(reply->result_member());
    if (!info)
        co_return Error(errc::start_refused, "server '" + server_ + "': " + info.error().message);
    const auto revision = mcp::revision_of(info->protocol_version);
    if (!revision || !mcp::traits(*revision).legacy)
        co_return Error(errc::start_refused, "server '" + server_ + "' speaks protocol version '" +
                                                 redacted_clip(info->protocol_version, 40) +
                                                 "', which AgentHub does not");
    bridge_.notify(mcp::Message::parse(mcp::make_call("", mcp::method::initialized)).value());
    co_return info;
}

Error Handshake::no_answer(const Error& why, std::string_view method) const {
    if (why.code == errc::call_timeout)
        return {errc::start_timeout, "server '" + server_ + "' started but did not answer " + std::string(method) +
                                         " in time (start_timeout)"};
    return {errc::start_exited, why.message};
}

Error Handshake::refused(const mcp::Message& reply, std::string_view method) const {
    const std::string_view said = reply.kind() == mcp::Kind::error ? reply.error_member() : reply.result_member();
    return {errc::start_refused,
            "server '" + server_ + "' refused " + std::string(method) + ": " + redacted_clip(said, 300)};
}

}  // namespace agenthub

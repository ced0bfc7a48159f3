// Replies between the eras.
// Pure functions.

#include "gateway/reply_for_client.hpp"

#include "gateway/error_reply.hpp"
#include "mcp/era_error.hpp"
#include "mcp/era_result.hpp"
#include "mcp/names.hpp"
#include "mcp/old_content.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

void replace_text(mcp::Message& reply, std::string text) {
    if (auto parsed = mcp::Message::parse(std::move(text)))
        reply = std::move(*parsed);
}

mcp::Message reply_of_nobody(const mcp::Message& request, const Error& error) {
    std::string text = rpc_error(request.id(), error);
    if (request.method() == mcp::method::resources_read && error.code == errc::invalid_params)
        text = mcp::make_error(request.id(), mcp::code::resource_not_found, error.message,
                               R"({"uri":)" + std::string(request.uri()) + "}");
    return mcp::Message::parse(std::move(text)).value();
}

void adapt_for_legacy(mcp::Message& reply, const mcp::Message& request, mcp::Revision client, bool modern_server) {
    if (modern_server && reply.kind() == mcp::Kind::error) {
        if (auto text = mcp::error_for_legacy(reply, request))
            replace_text(reply, std::move(*text));
    } else if (modern_server) {
        mcp::PatchList patches;
        mcp::reduce_result(reply, patches);
        std::string text;
        reply.append_patched(text, patches);
        replace_text(reply, std::move(text));
    }
    if (auto text = mcp::text_for_old_client(reply, client))
        replace_text(reply, std::move(*text));
}

}  // namespace agenthub

// Rights and the set of hooks.
// Owned by the gateway.

#include "gateway/call_hooks.hpp"

#include <algorithm>

#include "hooks/make_hook.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "supervisor/catalogue.hpp"

namespace agenthub {
namespace {

std::string_view named_in(const mcp::Message& request, std::string_view own_name) {
    const std::string_view method = request.method();
    if (method.starts_with("resources/"))
        return request.uri();
    if (method != mcp::method::tools_call && method != mcp::method::prompts_get)
        return {};
    return own_name.empty() ? request.name() : own_name;
}

// What carries nothing out: to see what there is, and to be there.
bool is_free(std::string_view method) {
    return method == mcp::method::initialize || method == mcp::method::ping || method == mcp::method::discover ||
           method == mcp::method::set_level ||
           std::any_of(kListKinds.begin(), kListKinds.end(),
                       [method](const ListKind& kind) { return kind.method == method; });
}

// A list of one text is as good as the text for some servers, and no pattern knows it.
std::optional<Error> no_text(std::string_view token) {
    if (token.empty() || token.starts_with('"'))
        return std::nullopt;
    return Error(errc::forbidden,
                 "the request names a tool, prompt or resource with something else than a text, which rights cannot "
                 "judge; send its name as a string");
}

// What no server can have, and what would take long to be compared with patterns.
std::optional<Error> too_long(std::string_view method, std::string_view name) {
    if (method.size() <= kMaxJudgedName && name.size() <= kMaxJudgedName)
        return std::nullopt;
    return Error(errc::forbidden, "the request names a method, tool, prompt or resource of more than " +
                                      std::to_string(kMaxJudgedName) +
                                      " bytes, which rights and hooks cannot judge; name one that the server lists");
}

}  // namespace

CallSubject::CallSubject(const mcp::Message& request, std::string_view own_name) {
    const std::string_view token = named_in(request, own_name);
    if (!token.starts_with('"'))
        return;
    // Another spelling of a name is the same name.
    if (token.find('\\') == std::string_view::npos)
        plain_ = token.substr(1, token.size() - 2);
    else
        text_ = mcp::unescape(token);
}

CallHooks::CallHooks(ServerDirectory& servers, Enhancer& enhancer, GuardReaper& reaper, std::size_t processes)
    : servers_(servers),
      enhancer_(enhancer),
      executor_(reaper.executor()),
      tools_(servers),
      commands_(reaper, processes),
      rights_(std::make_unique<Rights>(RightsConfig())) {
    reconfigure({}, {});
}

void CallHooks::reconfigure(const RightsConfig& rights, const std::vector<HookConfig>& hooks) {
    const auto make = [this](const HookConfig& config) {
        return make_hook(config, {executor_, tools_, enhancer_, commands_});
    };
    rights_ = std::make_unique<Rights>(rights);
    registry_ = std::make_shared<HookRegistry>(hooks, registry_.get(), make);
    tools_.clear();
    idle_ = rights_->is_open() && hooks.empty();
}

std::optional<Error> CallHooks::refusal(const mcp::Caller& caller, std::string_view server, const mcp::Message& request,
                                        std::string_view own_name) const {
    if (idle_)
        return std::nullopt;
    const CallSubject subject(request, own_name);
    const RightsQuestion question{caller.name(), server, request.method(), subject.view()};
    if (auto why = too_long(question.method, question.tool))
        return why;
    if (rights_->is_open() || is_free(question.method))
        return std::nullopt;
    if (auto why = no_text(named_in(request, own_name)))
        return why;
    const RightsDecision decision = rights_->decide(question);
    if (decision.allowed)
        return std::nullopt;
    return Error(errc::forbidden, Rights::refusal(question, decision));
}

std::optional<Error> CallHooks::refusal(const Exchange& exchange, std::string_view server) const {
    const bool is_renamed = !exchange.renamed.empty();
    return refusal(exchange.caller(), server, exchange.request(),
                   is_renamed ? std::string_view(exchange.own_name) : std::string_view());
}

}  // namespace agenthub

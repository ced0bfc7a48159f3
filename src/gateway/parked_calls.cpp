// Parking and finding calls.
// Owned by the modern endpoint.

#include "gateway/parked_calls.hpp"

#include "base/digest.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

// Whose the call is, and what it asks for: a state opens for nothing else.
std::string identity_of(const ModernCall& call) {
    const mcp::Message& request = call.request();
    const std::string asked = mcp::without_members(request.params(), {"_meta", "inputResponses", "requestState"});
    std::string text = call.caller().name();
    for (const std::string_view part : {std::string_view(call.route.server), request.method(), std::string_view(asked)})
        text.append(1, '\0').append(part);
    return sha256_hex(text);
}

}  // namespace

result<std::string> ParkedCalls::park(std::shared_ptr<ModernCall> call, TimePoint now) {
    if (calls_.size() >= limit_)
        return Error(errc::busy, "AgentHub holds " + std::to_string(calls_.size()) +
                                     " calls that wait for their clients' answers, the limit (limits.parked_calls); "
                                     "try again later");
    const std::uint64_t number = ++last_;
    auto state = seal_.seal(std::to_string(number), identity_of(*call));
    call->detach();
    calls_.emplace(number, Entry{std::move(call), now + time_});
    return state;
}

result<std::shared_ptr<ModernCall>> ParkedCalls::take(std::string_view state, const ModernCall& retry) {
    const auto text = seal_.open(state, identity_of(retry));
    if (!text)
        return Error(errc::invalid_params,
                     "params.requestState is not one that AgentHub has given for this request to this client; send the "
                     "request again without it");
    const auto number = mcp::to_int64(*text);
    const auto found = number ? calls_.find(static_cast<std::uint64_t>(*number)) : calls_.end();
    if (found == calls_.end())
        return Error(errc::invalid_params,
                     "params.requestState has been used, or is too old (limits.parked_time); send the request again "
                     "without it");
    auto call = std::move(found->second.call);
    calls_.erase(found);
    return call;
}

void ParkedCalls::expire(TimePoint now) {
    for (auto it = calls_.begin(); it != calls_.end();) {
        if (it->second.until > now) {
            ++it;
            continue;
        }
        const auto call = std::move(it->second.call);
        it = calls_.erase(it);
        call->cancel(R"("the client has not come back with its answers")");
    }
}

void ParkedCalls::cancel_all() {
    expire(TimePoint::max());
}

}  // namespace agenthub

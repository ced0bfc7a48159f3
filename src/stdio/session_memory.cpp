// Remembering for the next session.
// Pure.

#include "stdio/session_memory.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

void SessionMemory::begin(const mcp::Message& initialize) {
    *this = SessionMemory();
    initialize_ = initialize.text();
}

void SessionMemory::note(const mcp::Message& notification) {
    if (notification.method() == mcp::method::initialized)
        initialized_ = notification.text();
}

void SessionMemory::succeeded(const mcp::Message& request) {
    if (request.method() == mcp::method::set_level)
        level_ = request.params();
    else if (request.method() == mcp::method::subscribe)
        subscriptions_.insert_or_assign(std::string(request.uri()), std::string(request.params()));
    else if (request.method() == mcp::method::unsubscribe)
        subscriptions_.erase(std::string(request.uri()));
}

std::vector<std::string> SessionMemory::rest() const {
    std::vector<std::string> out;
    if (!initialized_.empty())
        out.push_back(initialized_);
    int number = 0;
    const auto id = [&number] { return "\"agenthub-" + std::to_string(++number) + "\""; };
    if (!level_.empty())
        out.push_back(mcp::make_call(id(), mcp::method::set_level, level_));
    for (const auto& [uri, params] : subscriptions_)
        out.push_back(mcp::make_call(id(), mcp::method::subscribe, params));
    return out;
}

std::vector<std::string> list_changes(const mcp::Message& initialize_reply) {
    constexpr std::array kLists{
        std::pair{std::string_view("tools"), mcp::method::tools_changed},
        std::pair{std::string_view("prompts"), mcp::method::prompts_changed},
        std::pair{std::string_view("resources"), mcp::method::resources_changed},
    };
    std::vector<std::string> out;
    const std::string_view capabilities = mcp::member(initialize_reply.result_member(), "capabilities");
    for (const auto& [name, notification] : kLists)
        if (mcp::member(mcp::member(capabilities, name), "listChanged") == "true")
            out.push_back(mcp::make_call("", notification));
    return out;
}

std::string QuestionNumbers::ask(std::string_view id, unsigned session) {
    std::string number = std::to_string(++last_);
    open_.emplace(number, Asked{std::string(id), session});
    return number;
}

std::optional<QuestionNumbers::Asked> QuestionNumbers::answer(std::string_view number) {
    const auto found = open_.find(number);
    if (found == open_.end())
        return std::nullopt;
    Asked asked = std::move(found->second);
    open_.erase(found);
    return asked;
}

std::optional<std::string> QuestionNumbers::withdraw(std::string_view id, unsigned session) {
    const auto is_it = [&](const auto& entry) { return entry.second.id == id && entry.second.session == session; };
    const auto found = std::find_if(open_.begin(), open_.end(), is_it);
    if (found == open_.end())
        return std::nullopt;
    std::string number = found->first;
    open_.erase(found);
    return number;
}

std::vector<std::string> QuestionNumbers::lose_all() {
    std::vector<std::string> out;
    for (const auto& [number, asked] : std::exchange(open_, {}))
        out.push_back(number);
    return out;
}

}  // namespace agenthub

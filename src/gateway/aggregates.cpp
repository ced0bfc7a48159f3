// Lists of many servers, kept until one of them changes.
// Owned by the gateway.

#include "gateway/aggregates.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "gateway/aggregate_cursor.hpp"
#include "gateway/aggregate_info.hpp"
#include "gateway/view_rules.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// The same as for one server's lists that it announces the changes of.
constexpr ListLifetime kUnlessTold{60'000, true};

// How long a list waits for servers that nobody has ever met, how often it looks, and when one that did not come is
// tried again.
constexpr Duration kFirstMeeting{5'000};
constexpr Duration kLook{10};
constexpr Duration kMeetAgain{30'000};
// So many entries that are left out are named in the log: a server may have any number.
constexpr std::size_t kMaxReported = 200;

const ListKind* kind_of(std::string_view method) {
    for (const ListKind& kind : kListKinds)
        if (kind.method == method)
            return &kind;
    return nullptr;
}

}  // namespace

const ViewConfig* Aggregates::view_of(std::string_view endpoint) const {
    for (const ViewConfig& view : config_.views)
        if (endpoint == view_endpoint(view.name))
            return &view;
    return nullptr;
}

ServerInfo Aggregates::info(std::string_view endpoint) const {
    std::vector<ServerWords> words;
    std::vector<std::string> servers = servers_.servers_of(endpoint);
    for (const std::string& server : servers) {
        ServerWords& said = words.emplace_back();
        said.server = server;
        if (const Catalogue* known = servers_.catalogue(server)) {
            said.capabilities = known->info.capabilities;
            said.instructions = known->info.instructions;
            said.has_tasks = has_tasks(known->info);
        }
    }
    std::string result = R"({"protocolVersion":")" + std::string(mcp::traits(mcp::kNewestLegacy).name) + '"';
    result += R"(,"capabilities":)" + aggregate_capabilities(words);
    result += R"(,"serverInfo":{"name":"agenthub","title":"AgentHub","version":")" AGENTHUB_VERSION R"("})";
    if (const auto instructions = aggregate_instructions(words); !instructions.empty())
        result += R"(,"instructions":)" + instructions;
    return read_server_info(result + "}").value();
}

void Aggregates::reconfigured() {
    shown_.clear();
    // Who is still being met takes its own entry out.
    std::erase_if(meetings_,
                  [this](const auto& each) { return each.second.over && servers_.slot(each.first) == nullptr; });
}

const Aggregates::Shown& Aggregates::shown(std::string_view endpoint) {
    const std::uint64_t stamp = servers_.catalogue_stamp();
    const auto present = shown_.find(endpoint);
    if (present != shown_.end() && present->second.stamp == stamp)
        return present->second;
    Shown next = make(endpoint);
    next.stamp = stamp;
    for (const AggregateList* list : {&next.tools, &next.prompts, &next.resources, &next.templates})
        for (const std::string& sentence : list->dropped()) {
            if (reported_.size() >= kMaxReported || !reported_.insert(sentence).second)
                continue;
            log().warn("aggregate: {}", sentence);
            if (reported_.size() == kMaxReported)
                log().warn("aggregate: {} entries were left out so far; what else is left out is not named any more",
                           kMaxReported);
        }
    return shown_.insert_or_assign(std::string(endpoint), std::move(next)).first->second;
}

Aggregates::Shown Aggregates::make(std::string_view endpoint) const {
    const std::vector<std::string> servers = servers_.servers_of(endpoint);
    const auto lists_of = [&](std::string_view method) {
        std::vector<ServerList> lists;
        for (const std::string& server : servers) {
            const Catalogue* known = servers_.catalogue(server);
            const std::string* list = known == nullptr ? nullptr : known->list(method);
            lists.push_back({server, list == nullptr ? std::string_view() : std::string_view(*list)});
        }
        return lists;
    };
    const auto prefix = config_.aggregate.prefix == "always" ? NamePrefix::always : NamePrefix::on_collision;
    Shown out;
    out.tools = merge_by_name("tools", lists_of(mcp::method::tools_list), prefix);
    out.prompts = merge_by_name("prompts", lists_of(mcp::method::prompts_list), prefix);
    out.resources = merge_by_uri("resources", "uri", lists_of(mcp::method::resources_list));
    out.templates = merge_by_uri("resourceTemplates", "uriTemplate", lists_of(mcp::method::templates_list));
    if (const ViewConfig* view = view_of(endpoint)) {
        out.tools = view_of_tools(out.tools, *view);
        for (AggregateList* list : {&out.prompts, &out.resources, &out.templates})
            *list = view_of_servers(*list, *view);
    }
    return out;
}

const AggregateList* Aggregates::list_of(const Shown& shown, std::string_view method) const {
    if (method == mcp::method::tools_list)
        return &shown.tools;
    if (method == mcp::method::prompts_list)
        return &shown.prompts;
    if (method == mcp::method::resources_list)
        return &shown.resources;
    return method == mcp::method::templates_list ? &shown.templates : nullptr;
}

result<std::string> Aggregates::list(std::string_view endpoint, std::string_view method, std::string_view cursor) {
    const Shown& present = shown(endpoint);
    const AggregateList* list = list_of(present, method);
    const ListKind* kind = kind_of(method);
    if (list == nullptr || kind == nullptr)
        return Error(errc::method_not_found, "no such list: " + clip(method, 80));
    auto page = page_of(*list, kind->member, cursor, config_.aggregate.page_size);
    if (!page)
        return page;
    // The result is an object that was just made: it ends with its brace.
    if (const std::string note = note_of(endpoint); !note.empty()) {
        page->pop_back();
        *page += R"(,"_meta":)" + note + "}";
    }
    return page;
}

// Which servers' entries are missing, or are those of their last run, and why.
std::string Aggregates::note_of(std::string_view endpoint) const {
    std::string note;
    for (const std::string& server : servers_.servers_of(endpoint)) {
        const ServerSlot* slot = servers_.slot(server);
        const bool known = servers_.is_met(server);
        if (slot == nullptr || (known && slot->status().state != ServerState::failed))
            continue;
        note += note.empty() ? R"({"io.agenthub/servers":{)" : ",";
        append_json_string(note, server);
        note += R"(:{"state":")" + std::string(to_string(slot->status().state)) + R"(","listed":)";
        note += known ? R"("as it last was"})" : R"("not yet"})";
    }
    return note.empty() ? note : note + "}}";
}

ListLifetime Aggregates::lifetime_of(std::string_view endpoint, std::string_view method) const {
    std::vector<ServerList> lists;
    const std::vector<std::string> servers = servers_.servers_of(endpoint);
    for (const std::string& server : servers) {
        const Catalogue* known = servers_.catalogue(server);
        if (const std::string* list = known == nullptr ? nullptr : known->list(method))
            lists.push_back({server, *list});
    }
    return agenthub::lifetime_of(lists, kUnlessTold);
}

// A server that never ran has nothing to show: it is started for that, whoever asks first, and now and then again.
void Aggregates::meet(const std::string& server) {
    const ServerSlot* slot = servers_.slot(server);
    const auto [found, is_new] = meetings_.try_emplace(server);
    Meeting& meeting = found->second;
    if (slot == nullptr || (!is_new && (!meeting.over || Clock::now() - meeting.began < kMeetAgain)))
        return;
    meeting = {Clock::now(), is_new, false};
    tasks_.spawn(start(server), "first meeting");
}

awaitable<void> Aggregates::start(std::string server) {
    const auto slot = servers_.hold(server);
    const Deadline deadline = Deadline::after(slot->config().start_timeout);
    const auto started = co_await slot->meet(deadline);
    if (!started)
        log().warn("server {} is missing in the aggregate: {}", server, started.error().message);
    if (servers_.slot(server) == nullptr)
        meetings_.erase(server);
    else
        meetings_[server].over = true;
}

// Somebody who has never been met may still come in a moment.
bool Aggregates::is_being_met(std::string_view endpoint) const {
    for (const std::string& server : servers_.servers_of(endpoint)) {
        const auto found = meetings_.find(server);
        if (found != meetings_.end() && found->second.first && !found->second.over &&
            Clock::now() - found->second.began < kFirstMeeting)
            return true;
    }
    return false;
}

awaitable<void> Aggregates::meet_all(std::string endpoint) {
    for (const std::string& server : servers_.servers_of(endpoint))
        if (!servers_.is_met(server))
            meet(server);
    SteadyTimer look(tasks_.executor());
    while (is_being_met(endpoint)) {
        look.expires_after(kLook);
        co_await look.async_wait(use_awaitable);
    }
}

}  // namespace agenthub

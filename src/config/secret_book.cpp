// Finding what a tree refers to, and getting it.
// Lives as long as one reading of the configuration.

#include "config/secret_book.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

#include "base/blocked_signals.hpp"
#include "config/secret_sources.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kAtATime = 32;

// What may have to be waited for. A variable is there or not.
bool is_slow(const SecretReference& reference) {
    return reference.source != SecretSource::env;
}

void collect(const ordered_json& value, std::vector<SecretReference>& out) {
    Findings told_elsewhere;
    if (!value.is_object())
        return;
    const auto reference = read_secret_reference(value, "", told_elsewhere);
    if (reference && is_slow(*reference))
        out.push_back(*reference);
}

const ordered_json* object_in(const ordered_json& tree, const char* key) {
    const auto found = tree.is_object() ? tree.find(key) : tree.end();
    return found != tree.end() && found->is_object() ? &*found : nullptr;
}

void collect_of_server(const ordered_json& entry, std::vector<SecretReference>& out) {
    // Of what is switched off nobody needs the secrets, and asking may be noticed.
    if (!entry.is_object() || entry.value("disabled", ordered_json(false)) == true)
        return;
    if (const ordered_json* env = object_in(entry, "env"))
        for (const auto& [name, value] : env->items())
            if (!name.starts_with('_'))
                collect(value, out);
}

void collect_of_hook(const ordered_json& hook, std::vector<SecretReference>& out) {
    const ordered_json* run = object_in(hook, "run");
    for (const char* section : {"env", "headers"})
        if (const ordered_json* values = run == nullptr ? nullptr : object_in(*run, section))
            for (const auto& [name, value] : values->items())
                if (!name.starts_with('_'))
                    collect(value, out);
}

void collect_of_tree(const ordered_json& tree, std::vector<SecretReference>& out) {
    for (const char* section : {"mcpServers", "servers"})
        if (const ordered_json* servers = object_in(tree, section))
            for (const auto& [name, entry] : servers->items())
                if (!name.starts_with('_'))
                    collect_of_server(entry, out);
    if (const ordered_json* ollama = object_in(tree, "ollama"); ollama != nullptr && ollama->contains("api_key"))
        collect((*ollama)["api_key"], out);
    if (const auto hooks = tree.is_object() ? tree.find("hooks") : tree.end(); hooks != tree.end() && hooks->is_array())
        for (const ordered_json& hook : *hooks)
            collect_of_hook(hook, out);
}

std::string name_of(const SecretReference& reference) {
    switch (reference.source) {
        case SecretSource::env: return "env " + reference.name;
        case SecretSource::file: return "file " + reference.name;
        case SecretSource::credential: return "credential " + reference.name;
        case SecretSource::keyring: return "keyring " + reference.service + "/" + reference.name;
        case SecretSource::command: break;
    }
    return "command " + (reference.command.empty() ? std::string() : reference.command.front());
}

// Calls `work` with each number below `count`, on so many threads that none waits for another.
template <class Work>
void at_the_same_time(std::size_t count, Work work) {
    std::atomic<std::size_t> next{0};
    const auto worker = [&] {
        for (std::size_t i = next++; i < count; i = next++)
            work(i);
    };
    std::vector<std::jthread> threads;
    try {
        const BlockedSignals blocked;
        for (std::size_t i = 1; i < std::min(count, kAtATime); ++i)
            threads.emplace_back(worker);
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): the threads that are there do the work
    }
    worker();
}

}  // namespace

void SecretBook::fetch(const std::vector<const ordered_json*>& trees) {
    std::vector<SecretReference> wanted;
    for (const ordered_json* tree : trees)
        collect_of_tree(*tree, wanted);
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<result<std::string>> found(wanted.size());
    const Deadline deadline = Deadline::after(kAllSecrets);
    at_the_same_time(wanted.size(), [&](std::size_t i) { found[i] = get_secret(wanted[i], environment_, deadline); });
    for (std::size_t i = 0; i < wanted.size(); ++i)
        known_.insert_or_assign(std::move(wanted[i]), std::move(found[i]));
    fetched_ = true;
}

result<std::string> SecretBook::secret(const SecretReference& reference) const {
    const auto known = known_.find(reference);
    if (known != known_.end())
        return known->second;
    if (fetched_ && is_slow(reference))
        return Error(errc::invalid_config, "was not asked for: nobody needs it now");
    return get_secret(reference, environment_, Deadline::after(kAllSecrets));
}

std::vector<std::string> SecretBook::asked_for() const {
    std::vector<std::string> out;
    out.reserve(known_.size());
    for (const auto& [reference, value] : known_)
        out.push_back(name_of(reference));
    return out;
}

}  // namespace agenthub

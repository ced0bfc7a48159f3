// The sections "rights" and "hooks".
// Pure but for what the Environment of the secrets does.

#include "config/policy_section.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "config/hook_run.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr DurationRange kHookTimeout{1ms, 1h};

void read_pattern(ObjectReader& reader, std::string_view key, std::string& out) {
    reader.read(key, out);
    if (out.empty())
        reader.fault(key, R"(found an empty pattern; allowed: a name, or a pattern as "github" or "create_*")");
}

// Reads with what is only a warning elsewhere made a fault.
template <class Read>
void strictly(Findings& findings, Read read) {
    Findings inner;
    read(inner);
    findings.faults.insert(findings.faults.end(), inner.faults.begin(), inner.faults.end());
    findings.faults.insert(findings.faults.end(), inner.warnings.begin(), inner.warnings.end());
}

RightConfig read_right(const ordered_json& entry, const std::string& path, Findings& findings) {
    RightConfig right;
    if (!entry.is_object()) {
        findings.faults.push_back({path, refusal(entry, R"(an object as {"client": "ci", "allow": false})")});
        return right;
    }
    ObjectReader reader(entry, path, findings);
    read_pattern(reader, "client", right.client);
    read_pattern(reader, "server", right.server);
    read_pattern(reader, "method", right.method);
    read_pattern(reader, "tool", right.tool);
    if (reader.find("allow") == nullptr)
        reader.fault("allow", "is missing; allowed: true or false");
    reader.read("allow", right.allow);
    reader.warn_unknown();
    return right;
}

const ordered_json* list_at(ObjectReader& reader, std::string_view key, std::size_t most) {
    const ordered_json* list = reader.find(key);
    if (list == nullptr)
        return nullptr;
    if (list->is_array() && list->size() <= most)
        return list;
    const std::string found =
        list->is_array() ? "found " + std::to_string(list->size()) + " entries" : "found " + type_text(*list);
    reader.fault(key, found + "; allowed: a list of at most " + std::to_string(most));
    return nullptr;
}

void read_strict_rights(const ordered_json& section, const std::string& path, Findings& findings,
                        RightsConfig& rights) {
    ObjectReader reader(section, path, findings);
    std::string others = "allow";
    reader.read_choice("default", others, {"allow", "deny"});
    rights.allow_others = others == "allow";
    if (const ordered_json* rules = list_at(reader, "rules", kMaxRights))
        for (std::size_t i = 0; i < rules->size(); ++i)
            rights.rules.push_back(read_right((*rules)[i], element_path(reader.path_of("rules"), i), findings));
    reader.warn_unknown();
}

// It goes into a header field, a variable and the log.
void read_name(ObjectReader& reader, HookConfig& hook) {
    reader.read("name", hook.name);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(hook.name.begin(), hook.name.end(), is_control))
        reader.fault("name", "has a control character in it; allowed: any text on one line");
}

void read_point(ObjectReader& reader, HookConfig& hook) {
    std::string on = "before";
    if (reader.find("on") == nullptr)
        reader.fault("on", R"(is missing; allowed: "before", "after" or "error")");
    reader.read_choice("on", on, {"before", "after", "error"});
    for (const HookPoint point : {HookPoint::before, HookPoint::after, HookPoint::error})
        if (to_string(point) == on)
            hook.on = point;
}

HookConfig read_hook(const ordered_json& entry, const std::string& path, const SecretBook& secrets,
                     Findings& findings) {
    HookConfig hook;
    if (!entry.is_object()) {
        findings.faults.push_back({path, refusal(entry, R"(an object as {"on": "before", "run": {...}})")});
        return hook;
    }
    ObjectReader reader(entry, path, findings);
    read_name(reader, hook);
    read_point(reader, hook);
    read_pattern(reader, "server", hook.server);
    read_pattern(reader, "method", hook.method);
    read_pattern(reader, "tool", hook.tool);
    reader.read("timeout", hook.timeout, kHookTimeout);
    if (const ordered_json* run = reader.section("run"))
        read_hook_run(*run, reader.path_of("run"), secrets, findings, hook);
    else if (reader.find("run") == nullptr)
        reader.fault("run", R"(is missing; allowed: {"builtin": ...}, {"command": [...]} or {"http": "http://..."})");
    reader.warn_unknown();
    return hook;
}

// Counts go by name, and so do people.
void check_names(const std::vector<HookConfig>& hooks, const std::string& path, Findings& findings) {
    for (std::size_t i = 0; i < hooks.size(); ++i) {
        const auto same = [&](const HookConfig& other) { return other.name == hooks[i].name; };
        if (std::any_of(hooks.begin(), hooks.begin() + static_cast<std::ptrdiff_t>(i), same))
            findings.faults.push_back({child_path(element_path(path, i), "name"),
                                       "another hook is called " + in_quotes(hooks[i].name) + ", too"});
    }
}

}  // namespace

void read_rights(ObjectReader& root, Findings& findings, RightsConfig& rights) {
    const ordered_json* section = root.section("rights");
    if (section == nullptr)
        return;
    strictly(findings, [&](Findings& inner) { read_strict_rights(*section, root.path_of("rights"), inner, rights); });
}

void read_hooks(ObjectReader& root, const SecretBook& secrets, Findings& findings, std::vector<HookConfig>& hooks) {
    const ordered_json* list = list_at(root, "hooks", kMaxHooks);
    if (list == nullptr)
        return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        hooks.push_back(read_hook((*list)[i], element_path(root.path_of("hooks"), i), secrets, findings));
        if (hooks.back().name.empty())
            hooks.back().name = "hook-" + std::to_string(i + 1);
    }
    check_names(hooks, root.path_of("hooks"), findings);
}

}  // namespace agenthub

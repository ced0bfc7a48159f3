// Reading {"source": ...}.
// Pure functions.

#include "config/secret_reference.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

#include "config/expand.hpp"
#include "config/object_reader.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::string_view kSources = R"("env", "file", "credential", "keyring", "command")";
constexpr DurationRange kTimeout{100ms, 30s};

Error refused(std::string message) {
    return {errc::invalid_config, std::move(message)};
}

Error unfit(std::string_view key, std::string_view found, std::string_view allowed) {
    return refused(in_quotes(key) + " of the secret reference is " + std::string(found) +
                   "; allowed: " + std::string(allowed));
}

// Empty when it is not there.
result<std::string> text_member(ObjectReader& reader, std::string_view key) {
    const auto* value = reader.find(key);
    if (value == nullptr)
        return std::string();
    if (!value->is_string())
        return unfit(key, type_text(*value), "a string");
    auto text = value->get<std::string>();
    if (text.find('\0') != std::string::npos)
        return unfit(key, "a text with a zero character", "one without");
    return text;
}

// The first of the two that is there.
result<std::string> either_member(ObjectReader& reader, std::string_view key, std::string_view other) {
    auto first = text_member(reader, key);
    auto second = text_member(reader, other);
    if (!first || !first->empty())
        return first;
    if (!second || !second->empty())
        return second;
    return refused("the secret reference has no " + in_quotes(key));
}

result<SecretSource> source_of(ObjectReader& reader) {
    const auto source = text_member(reader, "source");
    if (!source)
        return source.error();
    constexpr std::pair<std::string_view, SecretSource> kNames[] = {{"env", SecretSource::env},
                                                                    {"file", SecretSource::file},
                                                                    {"credential", SecretSource::credential},
                                                                    {"keyring", SecretSource::keyring},
                                                                    {"command", SecretSource::command}};
    for (const auto& [name, known] : kNames)
        if (*source == name)
            return known;
    if (source->empty())
        return refused("the secret reference has no \"source\"; allowed: " + std::string(kSources));
    return refused("secrets from the source " + in_quotes(*source) +
                   " are not supported; allowed: " + std::string(kSources));
}

result<std::vector<std::string>> command_member(ObjectReader& reader) {
    constexpr const char* kAllowed = R"(a list as ["pass", "show", "github"], of a program and its arguments)";
    const auto* value = reader.find("command");
    if (value == nullptr)
        return refused(R"(the secret reference has no "command"; allowed: )" + std::string(kAllowed));
    if (!value->is_array() || value->empty())
        return unfit("command", value->is_array() ? "an empty list" : type_text(*value), kAllowed);
    std::vector<std::string> out;
    for (const ordered_json& word : *value) {
        if (!word.is_string() || word.get_ref<const std::string&>().find('\0') != std::string::npos)
            return unfit("command", "a list with something else than text in it", kAllowed);
        out.push_back(word.get<std::string>());
    }
    if (out.front().empty())
        return unfit("command", "a list without a program", kAllowed);
    return out;
}

// A name in a directory of its own: nothing may lead out of it.
bool is_credential_name(std::string_view name) {
    return name.find('/') == std::string_view::npos && name != "." && name != "..";
}

result<void> read_place(ObjectReader& reader, SecretReference& out) {
    if (out.source == SecretSource::command) {
        auto command = command_member(reader);
        if (!command)
            return command.error();
        out.command = std::move(*command);
        return {};
    }
    const bool by_key = out.source == SecretSource::keyring;
    const bool by_path = out.source == SecretSource::file;
    auto name = either_member(reader, by_path ? "path" : by_key ? "key" : "name", by_key ? "name" : "key");
    if (!name)
        return name.error();
    out.name = std::move(*name);
    // Not shown: what is no name may well be the secret itself.
    if (out.source == SecretSource::env && !is_variable_name(out.name))
        return refused("\"name\" of the secret reference is not the name of a variable");
    if (out.source == SecretSource::credential && !is_credential_name(out.name))
        return refused("\"name\" of the secret reference is not the name of a credential; allowed: no \"/\"");
    const auto service = by_key ? text_member(reader, "service") : result<std::string>(std::string());
    if (!service)
        return service.error();
    if (!service->empty())
        out.service = *service;
    return {};
}

}  // namespace

result<SecretReference> read_secret_reference(const ordered_json& object, const std::string& path, Findings& findings) {
    ObjectReader reader(object, path, findings);
    const auto source = source_of(reader);
    if (!source)
        return source.error();
    SecretReference out;
    out.source = *source;
    if (auto read = read_place(reader, out); !read)
        return read.error();
    if (out.source == SecretSource::command || out.source == SecretSource::keyring)
        reader.read("timeout", out.timeout, kTimeout);
    reader.warn_unknown();
    return out;
}

}  // namespace agenthub

// The "env" of a server entry: plain values, references to variables, and secrets kept elsewhere.
// Pure but for what the Environment given to it does.

#include "config/server_env.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

#include "config/expand.hpp"
#include "config/object_reader.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

Error refused(std::string message) {
    return {errc::invalid_config, std::move(message)};
}

void strip_line_end(std::string& text) {
    if (text.ends_with('\n'))
        text.pop_back();
    if (text.ends_with('\r'))
        text.pop_back();
}

result<std::string> secret_from_file(const std::string& written, const Environment& environment) {
    const auto path = expand_variables(written, environment);
    if (path.has_error())
        return path.error();
    if (!path->starts_with('/'))
        return refused("\"path\" of the secret reference is not an absolute path");
    auto content = environment.read_file(*path, kMaxSecretBytes);
    if (content.has_error())
        return refused("the secret file " + in_quotes(written) + " " + content.error().message);
    if (!content->has_value())
        return refused("the secret file " + in_quotes(written) + " does not exist");
    std::string secret = std::move(**content);
    strip_line_end(secret);
    if (secret.find('\0') != std::string::npos)
        return refused("the secret file " + in_quotes(written) + " holds a zero byte; allowed: text");
    return secret;
}

result<std::string> secret_from_variable(const std::string& name, const Environment& environment) {
    // Not shown: what is no name may well be the secret itself.
    if (!is_variable_name(name))
        return refused("\"key\" of the secret reference is not the name of a variable");
    if (auto value = environment.variable(name))
        return std::move(*value);
    return refused("the variable " + name + " is not defined; set it where AgentHub is started");
}

// A member of a secret reference; empty when it is not there.
result<std::string> text_member(ObjectReader& reader, std::string_view key) {
    const auto* value = reader.find(key);
    if (value == nullptr)
        return std::string();
    if (!value->is_string())
        return refused(in_quotes(key) + " of the secret reference is " + type_text(*value) + "; allowed: a string");
    return value->get<std::string>();
}

result<std::string> resolve_secret(const ordered_json& reference, const std::string& path,
                                   const Environment& environment, Findings& findings) {
    ObjectReader reader(reference, path, findings);
    const auto source = text_member(reader, "source");
    if (source.has_error())
        return source.error();
    if (source->empty())
        return refused("the secret reference has no \"source\"; allowed: \"env\", \"file\"");
    if (*source != "env" && *source != "file")
        return refused("secrets from the source " + in_quotes(*source) +
                       " are not supported; allowed: \"env\", \"file\"");
    const auto key = text_member(reader, "key");
    if (key.has_error())
        return key.error();
    if (*source == "env") {
        reader.warn_unknown();
        return secret_from_variable(*key, environment);
    }
    const auto file = text_member(reader, "path");
    if (file.has_error())
        return file.error();
    reader.warn_unknown();
    return secret_from_file(file->empty() ? *key : *file, environment);
}

result<std::string> text_of(const ordered_json& value, const std::string& path, const Environment& environment,
                            Findings& findings) {
    if (value.is_object())
        return resolve_secret(value, path, environment, findings);
    if (value.is_number_integer())
        return value.dump();
    if (!value.is_string())
        return refused("found " + type_text(value) + R"(; allowed: a string, or {"source": "env" or "file", ...})");
    const auto& written = value.get_ref<const std::string&>();
    if (written.find('\0') != std::string::npos)
        return refused("found a zero character; allowed: a string without it");
    return expand_variables(written, environment);
}

std::optional<std::string> read_value(const ordered_json& value, const std::string& path,
                                      const Environment& environment, Findings& findings) {
    auto text = text_of(value, path, environment, findings);
    if (text.has_value())
        return std::move(*text);
    findings.faults.push_back({path, text.error().message});
    return std::nullopt;
}

}  // namespace

std::vector<EnvVar> read_server_env(const ordered_json& env, const std::string& path, const Environment& environment,
                                    Findings& findings) {
    std::vector<EnvVar> out;
    for (const auto& [name, value] : env.items()) {
        const std::string at = child_path(path, name);
        if (name.starts_with('_')) {
            if (!name.starts_with("_comment"))
                findings.warnings.push_back({at, "not passed to the server: keys that start with \"_\" are comments"});
            continue;
        }
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos) {
            findings.faults.push_back({at, "found the name " + in_quotes(name) + "; allowed: a name without \"=\""});
            continue;
        }
        // Kept without its value, so that the name can still be shown.
        auto text = read_value(value, at, environment, findings);
        out.push_back({name, text ? std::move(*text) : std::string()});
    }
    return out;
}

}  // namespace agenthub

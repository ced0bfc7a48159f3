// The "env" of a server entry: plain values, references to variables, and secrets kept elsewhere.
// Pure but for what the Environment given to it does.

#include "config/server_env.hpp"

#include <nlohmann/json.hpp>

#include <utility>

#include "config/expand.hpp"
#include "config/secret_names.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

Error refused(std::string message) {
    return {errc::invalid_config, std::move(message)};
}

result<std::string> text_of(const std::string& name, const ordered_json& value, const std::string& path,
                            const SecretBook& secrets, Findings& findings) {
    if (value.is_object())
        return referred_secret(value, path, secrets, findings);
    if (value.is_number_integer())
        return value.dump();
    if (!value.is_string())
        return refused("found " + type_text(value) + R"(; allowed: a string, or {"source": "file", ...})");
    const auto& written = value.get_ref<const std::string&>();
    if (written.find('\0') != std::string::npos)
        return refused("found a zero character; allowed: a string without it");
    auto text = expand_variables(written, secrets.environment());
    if (text)
        note_variable(name, *text, findings);
    note_references(written, secrets.environment(), findings);
    return text;
}

}  // namespace

result<std::string> referred_secret(const ordered_json& reference, const std::string& path, const SecretBook& secrets,
                                    Findings& findings) {
    const auto read = read_secret_reference(reference, path, findings);
    if (!read)
        return read.error();
    auto secret = secrets.secret(*read);
    if (secret)
        note_secret(*secret, findings);
    return secret;
}

std::vector<EnvVar> read_server_env(const ordered_json& env, const std::string& path, const SecretBook& secrets,
                                    Findings& findings) {
    std::vector<EnvVar> out;
    std::size_t number = 0;
    for (const auto& [name, value] : env.items()) {
        ++number;
        const std::string at = child_path(path, name);
        if (name.starts_with('_')) {
            if (!name.starts_with("_comment"))
                findings.warnings.push_back({at, "not passed to the server: keys that start with \"_\" are comments"});
            continue;
        }
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos) {
            // By its number: behind the "=" somebody may have written the value.
            findings.faults.push_back({path, "the name of entry " + std::to_string(number) +
                                                 " is empty, or holds \"=\" or a zero character; allowed: a name "
                                                 "without them, and its value behind the colon"});
            continue;
        }
        // Kept without its value, so that the name can still be shown.
        auto text = text_of(name, value, at, secrets, findings);
        if (!text)
            findings.faults.push_back({at, text.error().message});
        out.push_back({name, text ? std::move(*text) : std::string()});
    }
    return out;
}

}  // namespace agenthub

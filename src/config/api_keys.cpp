// The file api-keys.json.
// Pure functions.

#include "config/api_keys.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "base/redactor.hpp"
#include "config/object_reader.hpp"
#include "config/secret_names.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kDigestMark = "sha256:";
constexpr std::size_t kDigestDigits = 64;

// Empty: a digest that is none.
std::string digest_of(const std::string& token) {
    if (!token.starts_with(kDigestMark))
        return sha256_hex(token);
    std::string digest = token.substr(kDigestMark.size());
    for (char& c : digest)
        c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (digest.size() != kDigestDigits || digest.find_first_not_of("0123456789abcdef") != std::string::npos)
        return {};
    return digest;
}

void add_key(const std::string& token, const ordered_json& entry, const std::string& at, Findings& findings,
             std::vector<ApiKey>& keys) {
    const bool hashed = token.starts_with(kDigestMark);
    if (!hashed)
        note_secret(token, findings);
    ApiKey key;
    key.digest = digest_of(token);
    if (token.empty() || key.digest.empty()) {
        findings.warnings.push_back(
            {at,
             R"(not a key; allowed: a token, or "sha256:" and the 64 hexadecimal digits of its SHA-256; left out)"});
        return;
    }
    if (!entry.is_object()) {
        findings.warnings.push_back({at, refusal(entry, R"(an object as {"client_name": "laptop"}; left out)")});
        return;
    }
    if (!hashed && token.size() < kShortestSecret)
        findings.warnings.push_back({at, "a token this short is soon guessed, and not hidden in logs"});
    Findings inner;
    ObjectReader reader(entry, at, inner, ObjectReader::Nulls::absent);
    reader.read("client_name", key.client_name);
    reader.read("description", key.description);
    reader.read("enhance", key.enhance);
    findings.warnings.insert(findings.warnings.end(), inner.faults.begin(), inner.faults.end());
    const auto same = [&key](const ApiKey& other) { return other.digest == key.digest; };
    if (inner.faults.empty() && std::none_of(keys.begin(), keys.end(), same))
        keys.push_back(std::move(key));
}

}  // namespace

void read_api_keys(const ordered_json& tree, const std::string& path, Findings& findings, std::vector<ApiKey>& keys) {
    const auto found = tree.is_object() ? tree.find("keys") : tree.end();
    if (found == tree.end() || !found->is_object()) {
        findings.faults.push_back(
            {path, R"(no "keys"; allowed: an object as {"keys": {"TOKEN": {"client_name": "laptop"}}})"});
        return;
    }
    std::size_t number = 0;
    for (const auto& [token, entry] : found->items()) {
        ++number;
        // By its number: the token is a secret.
        if (!token.starts_with('_'))
            add_key(token, entry, path + ": keys[" + std::to_string(number) + "]", findings, keys);
    }
    if (!keys.empty())
        return;
    findings.warnings.push_back({path, "holds no key that can be used, so nobody can use /v1"});
    keys.push_back({std::string(kDigestDigits, '0'), "nobody", "stands for a file without keys", false});
}

}  // namespace agenthub

// Telling secrets by their names.
// Pure functions.

#include "config/secret_names.hpp"

#include <algorithm>
#include <array>

#include "base/redactor.hpp"
#include "config/expand.hpp"

namespace agenthub {
namespace {

constexpr std::array<std::string_view, 12> kWords{"KEY",    "TOKEN",  "SECRET",     "PASSWORD",
                                                  "PASSWD", "PASS",   "PASSPHRASE", "CREDENTIAL",
                                                  "AUTH",   "COOKIE", "PAT",        "PRIVATE"};
constexpr std::size_t kFewDigits = 8;

bool is_secret_word(std::string_view word) {
    if (word.ends_with('S') && !word.ends_with("PASS"))
        word.remove_suffix(1);
    // "APIKEY", "AUTHTOKEN"; a short one only by itself, or much would end with it.
    return std::any_of(kWords.begin(), kWords.end(), [word](std::string_view known) {
        return known.size() > 4 || known == "KEY" || known == "PASS" ? word.ends_with(known) : word == known;
    });
}

// The password of "scheme://user:password@host"; empty when there is none.
std::string_view password_in(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos)
        return {};
    const std::string_view rest = url.substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::size_t at = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (at == std::string_view::npos || colon > at)
        return {};
    return authority.substr(colon + 1, at - colon - 1);
}

}  // namespace

bool names_secret(std::string_view name) {
    std::string upper(name);
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    std::string_view rest = upper;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find_first_of("_-."), rest.size());
        if (is_secret_word(rest.substr(0, end)))
            return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

bool looks_secret(std::string_view value) {
    if (value.size() < kShortestSecret || value.starts_with('/') || value.starts_with("~/") || value.starts_with("./"))
        return false;
    return value.size() >= kFewDigits || value.find_first_not_of("0123456789") != std::string_view::npos;
}

void note_secret(std::string_view value, Findings& findings) {
    if (value.size() >= kShortestSecret)
        findings.secrets.emplace_back(value);
}

void note_variable(std::string_view name, std::string_view value, Findings& findings) {
    if (names_secret(name) && looks_secret(value))
        findings.secrets.emplace_back(value);
    note_secret(password_in(value), findings);
}

void note_references(std::string_view written, const Environment& environment, Findings& findings) {
    for (const std::string& name : variables_in(written))
        if (const auto value = environment.variable(name))
            note_variable(name, *value, findings);
}

}  // namespace agenthub

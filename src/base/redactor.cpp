// Where secrets stand in a text, in whatever spelling; and the redactor of the process.
// The process's own is replaced as a whole; each thread keeps the last one it has seen.

#include "base/redactor.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "base/spelling.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr int kSpellingsUponAnother = 2;
constexpr std::size_t kShortestLine = 8;  // of a secret with several
constexpr std::size_t kShortestBeginning = 4;

void add(std::vector<std::string>& patterns, std::string text) {
    if (text.size() >= kShortestSecret)
        patterns.push_back(std::move(text));
}

// Servers print line by line. The frame of a PEM file is no secret.
void add_lines(std::vector<std::string>& patterns, std::string_view secret) {
    while (!secret.empty()) {
        const std::size_t end = std::min(secret.find('\n'), secret.size());
        std::string_view line = secret.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        line = trim(line);
        if (line.size() >= kShortestLine && !line.starts_with("-----"))
            add(patterns, std::string(line));
        secret.remove_prefix(std::min(end + 1, secret.size()));
    }
}

std::vector<std::string> patterns_of(const std::vector<std::string>& secrets) {
    std::vector<std::string> out;
    for (const std::string& secret : secrets) {
        add(out, secret);
        if (secret.find('\n') != std::string::npos)
            add_lines(out, secret);
        if (secret.find(' ') != std::string::npos) {  // as forms encode it
            std::string form = secret;
            std::replace(form.begin(), form.end(), ' ', '+');
            add(out, std::move(form));
        }
        if (!is_utf8(secret)) {  // as our documents write it
            std::string json;
            append_json_string(json, secret);
            const auto text = read_json_escapes(json);
            json = text ? text->text : json;
            add(out, json.substr(1, json.size() - 2));
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// `places` lead from `text` to the original; nullptr: it is the original.
void find_everywhere(const TextSearch& search, std::string_view text, const std::vector<std::uint32_t>* places,
                     int depth, std::vector<TextRange>& out) {
    const std::size_t first = out.size();
    search.find(text, out);
    if (places != nullptr)
        for (std::size_t i = first; i < out.size(); ++i)
            out[i] = {(*places)[out[i].begin], (*places)[out[i].end]};
    if (depth == kSpellingsUponAnother)
        return;
    for (const auto read : {read_json_escapes, read_percent_encoding}) {
        auto inner = read(text);
        if (!inner)
            continue;
        if (places != nullptr)
            for (std::uint32_t& place : inner->places)
                place = (*places)[place];
        find_everywhere(search, inner->text, &inner->places, depth + 1, out);
    }
}

// What lies inside of one string each; the rest is the grammar's and only looks like a secret.
std::vector<TextRange> inside_of_strings(std::string_view json, std::vector<TextRange> ranges) {
    std::vector<TextRange> strings;
    for (std::size_t at = json.find('"'); at != std::string_view::npos; at = json.find('"', at)) {
        const std::size_t begin = ++at;
        while (at < json.size() && json[at] != '"')
            at += json[at] == '\\' ? 2 : 1;
        strings.push_back({begin, std::min(at, json.size())});
        at = std::min(at + 1, json.size());
    }
    std::erase_if(ranges, [&strings](const TextRange& range) {
        const auto after = std::upper_bound(strings.begin(), strings.end(), range.begin,
                                            [](std::size_t at, const TextRange& string) { return at < string.begin; });
        return after == strings.begin() || std::prev(after)->end < range.end;
    });
    return ranges;
}

// What the process hides. Never destroyed: the log may speak until the very end.
struct Hidden {
    std::mutex mutex;
    std::vector<std::string> secrets;  // the newest first
    std::shared_ptr<const Redactor> redactor = std::make_shared<const Redactor>();
    std::atomic<std::uint64_t> version{0};
};

Hidden& hidden() {
    static Hidden& instance = *new Hidden;
    return instance;
}

// Of this process, as this thread last saw it. No lock as long as nothing has changed.
const Redactor& current() {
    // Owners: this thread, and `hidden` until it has another.
    thread_local std::shared_ptr<const Redactor> seen = std::make_shared<const Redactor>();
    thread_local std::uint64_t seen_version = 0;
    Hidden& all = hidden();
    if (all.version.load(std::memory_order_acquire) != seen_version) {
        const std::lock_guard lock(all.mutex);
        seen = all.redactor;
        seen_version = all.version.load(std::memory_order_relaxed);
    }
    return *seen;
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) : search_(patterns_of(secrets)) {}

std::optional<std::string> Redactor::replaced(std::string_view text, std::vector<TextRange> ranges) const {
    if (ranges.empty())
        return std::nullopt;
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t done = 0;
    for (std::size_t i = 0; i < ranges.size();) {
        const std::size_t begin = ranges[i].begin;
        std::size_t end = ranges[i].end;
        for (++i; i < ranges.size() && ranges[i].begin < end; ++i)
            end = std::max(end, ranges[i].end);
        out.append(text.substr(done, begin - done)).append(kRedacted);
        done = end;
    }
    return out.append(text.substr(done));
}

std::optional<std::string> Redactor::without_secrets(std::string_view text) const {
    if (search_.empty())
        return std::nullopt;
    std::vector<TextRange> ranges;
    find_everywhere(search_, text, nullptr, 0, ranges);
    return replaced(text, std::move(ranges));
}

std::optional<std::string> Redactor::json_without_secrets(std::string_view json) const {
    if (search_.empty())
        return std::nullopt;
    // The escapes are read first, and never searched as they stand: what begins in the middle of one must stay whole.
    const auto plain = read_json_escapes(json);
    std::vector<TextRange> ranges;
    if (plain)
        find_everywhere(search_, plain->text, &plain->places, 0, ranges);
    else
        find_everywhere(search_, json, nullptr, 0, ranges);
    if (ranges.empty())
        return std::nullopt;
    return replaced(json, inside_of_strings(json, std::move(ranges)));
}

std::string Redactor::unfinished_without_secrets(std::string_view text) const {
    std::string out = without_secrets(text).value_or(std::string(text));
    std::size_t longest = 0;
    for (const std::string& pattern : search_.patterns())
        for (std::size_t size = std::min(pattern.size() - 1, out.size()); size > longest; --size)
            if (size >= kShortestBeginning && out.ends_with(std::string_view(pattern).substr(0, size)))
                longest = size;
    if (longest == 0)
        return out;
    out.resize(out.size() - longest);
    return out.append(kRedacted);
}

void hide_secrets(const std::vector<std::string>& secrets) {
    Hidden& all = hidden();
    const std::lock_guard lock(all.mutex);
    std::vector<std::string> next = secrets;
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    const std::size_t current = next.size();
    for (std::string& old : all.secrets)
        if (next.size() - current < kRetiredSecrets &&
            !std::binary_search(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(current), old))
            next.push_back(std::move(old));
    all.secrets = std::move(next);
    all.redactor = std::make_shared<const Redactor>(all.secrets);
    all.version.fetch_add(1, std::memory_order_release);
}

std::optional<std::string> without_secrets(std::string_view text) {
    return current().without_secrets(text);
}

std::string redacted(std::string_view text) {
    return without_secrets(text).value_or(std::string(text));
}

void redact(std::string& text) {
    if (auto clean = without_secrets(text))
        text = std::move(*clean);
}

void redact_json(std::string& json) {
    if (auto clean = current().json_without_secrets(json))
        json = std::move(*clean);
}

std::string redacted_clip(std::string_view text, std::size_t limit) {
    const auto clean = without_secrets(text);
    return clip(clean ? std::string_view(*clean) : text, limit);
}

std::string redacted_unfinished(std::string_view text) {
    return current().unfinished_without_secrets(text);
}

}  // namespace agenthub

// Reads the members of one JSON object into typed fields, and notes what is wrong, with path, value and what is
// allowed. Lives for one function; borrows the object and the findings.

#include "config/object_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "config/suggest.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// Larger than any range, small enough to be converted.
constexpr double kMostSeconds = 1e12;

std::optional<Duration> duration_of(const ordered_json& value) {
    if (value.is_string())
        return parse_duration(value.get_ref<const std::string&>());
    if (!value.is_number())
        return std::nullopt;
    const double seconds = std::clamp(value.get<double>(), -kMostSeconds, kMostSeconds);
    return Duration(std::llround(seconds * 1000));
}

std::optional<std::int64_t> integer_of(const ordered_json& value) {
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    if (!value.is_number_integer())
        return std::nullopt;
    return value.get<std::int64_t>();
}

}  // namespace

std::string refusal(const ordered_json& value, std::string_view allowed) {
    return "found " + found_text(value) + "; allowed: " + std::string(allowed);
}

std::optional<std::string> string_at(const ordered_json& value, const std::string& path, std::vector<Fault>& faults) {
    if (!value.is_string()) {
        faults.push_back({path, refusal(value, "a string")});
        return std::nullopt;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.find('\0') != std::string::npos) {
        faults.push_back({path, "found a zero character; allowed: a string without it"});
        return std::nullopt;
    }
    return text;
}

ObjectReader::ObjectReader(const ordered_json& object, std::string path, Findings& findings, Nulls nulls)
    : object_(object), path_(std::move(path)), findings_(findings), nulls_(nulls) {}

const ordered_json* ObjectReader::find(std::string_view key) {
    known_.emplace_back(key);
    const auto found = object_.find(known_.back());
    if (found == object_.end() || (found->is_null() && nulls_ == Nulls::absent))
        return nullptr;
    return &*found;
}

void ObjectReader::read(std::string_view key, std::string& out) {
    if (const auto* value = find(key))
        if (auto text = string_at(*value, path_of(key), findings_.faults))
            out = std::move(*text);
}

void ObjectReader::read(std::string_view key, bool& out) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    if (value->is_boolean())
        out = value->get<bool>();
    else
        refuse(key, *value, "true or false");
}

void ObjectReader::read(std::string_view key, std::vector<std::string>& out) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    // By its type: it may be a program's arguments, and those may hold a secret.
    if (!value->is_array())
        return fault(key, "found " + type_text(*value) + "; allowed: a list of strings");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < value->size(); ++i)
        if (auto text = string_at((*value)[i], element_path(path_of(key), i), findings_.faults))
            texts.push_back(std::move(*text));
    if (texts.size() == value->size())
        out = std::move(texts);
}

void ObjectReader::read(std::string_view key, Duration& out, DurationRange range) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    const auto duration = duration_of(*value);
    if (duration && *duration >= range.min && *duration <= range.max)
        out = *duration;
    else
        refuse(key, *value,
               "seconds as a number, or text as \"500ms\" or \"5m\", from " + duration_text(range.min) + " to " +
                   duration_text(range.max));
}

void ObjectReader::read(std::string_view key, double& out, NumberRange range) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    const double number = value->is_number() ? value->get<double>() : range.max + 1;
    if (number >= range.min && number <= range.max)
        out = number;
    else
        refuse(key, *value,
               "a number from " + ordered_json(range.min).dump() + " to " + ordered_json(range.max).dump());
}

void ObjectReader::read_choice(std::string_view key, std::string& out,
                               std::initializer_list<std::string_view> allowed) {
    const auto* value = find(key);
    if (value == nullptr)
        return;
    std::string choices;
    for (const std::string_view choice : allowed) {
        if (value->is_string() && value->get_ref<const std::string&>() == choice) {
            out = choice;
            return;
        }
        choices += (choices.empty() ? "" : ", ") + in_quotes(choice);
    }
    refuse(key, *value, choices);
}

const ordered_json* ObjectReader::section(std::string_view key) {
    const auto* value = find(key);
    if (value == nullptr || value->is_object())
        return value;
    refuse(key, *value, "an object");
    return nullptr;
}

void ObjectReader::ignore(std::initializer_list<std::string_view> keys) {
    known_.insert(known_.end(), keys.begin(), keys.end());
}

void ObjectReader::warn_unknown() {
    for (const auto& [key, value] : object_.items()) {
        if (key.starts_with('_') || key == "$schema" || std::find(known_.begin(), known_.end(), key) != known_.end())
            continue;
        const auto nearest = nearest_key(key, known_);
        warn(key, "unknown key, ignored" + (nearest ? "; did you mean " + in_quotes(*nearest) + "?" : std::string()));
    }
}

std::string ObjectReader::path_of(std::string_view key) const {
    return child_path(path_, key);
}

void ObjectReader::fault(std::string_view key, std::string message) {
    findings_.faults.push_back({path_of(key), std::move(message)});
}

void ObjectReader::warn(std::string_view key, std::string message) {
    findings_.warnings.push_back({path_of(key), std::move(message)});
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, IntegerRange range) {
    const auto* value = find(key);
    if (value == nullptr)
        return std::nullopt;
    const auto number = integer_of(*value);
    if (number && *number >= range.min && *number <= range.max)
        return number;
    refuse(key, *value, "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max));
    return std::nullopt;
}

void ObjectReader::refuse(std::string_view key, const ordered_json& value, std::string_view allowed) {
    fault(key, refusal(value, allowed));
}

}  // namespace agenthub

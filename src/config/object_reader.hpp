// Reads the members of one JSON object into typed fields, and notes what is wrong, with path, value and what is
// allowed. Lives for one function; borrows the object and the findings.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "config/fault.hpp"

namespace agenthub {

struct IntegerRange {
    std::int64_t min, max;
};

struct DurationRange {
    Duration min, max;
};

struct NumberRange {
    double min, max;
};

// Every read leaves `out` alone when the key is absent or its value is refused; a refused value is a fault.
class ObjectReader {
public:
    // What null means: a fault, or the same as not there (AgentHub's older files write it for "none").
    enum class Nulls { refused, absent };

    // `path` is where the object stands; empty for the root.
    ObjectReader(const nlohmann::ordered_json& object, std::string path, Findings& findings,
                 Nulls nulls = Nulls::refused);

    // The member, or nullptr. Every key asked for by any function here counts as known.
    const nlohmann::ordered_json* find(std::string_view key);

    void read(std::string_view key, std::string& out);
    void read(std::string_view key, bool& out);
    void read(std::string_view key, std::vector<std::string>& out);
    void read(std::string_view key, Duration& out, DurationRange range);  // seconds, or text as "500ms"
    void read(std::string_view key, double& out, NumberRange range);
    void read_choice(std::string_view key, std::string& out, std::initializer_list<std::string_view> allowed);

    template <std::integral Int>
        requires(!std::same_as<Int, bool>)
    void read(std::string_view key, Int& out, IntegerRange range) {
        if (const auto value = integer(key, range))
            out = static_cast<Int>(*value);
    }

    template <std::integral Int>
    void read(std::string_view key, std::optional<Int>& out, IntegerRange range) {
        if (const auto value = integer(key, range))
            out = static_cast<Int>(*value);
    }

    // The member when it is an object; a fault when it is anything else.
    const nlohmann::ordered_json* section(std::string_view key);

    // Known, and of no interest.
    void ignore(std::initializer_list<std::string_view> keys);

    // A warning for every key nobody asked for; those that start with "_" and "$schema" are comments.
    void warn_unknown();

    std::string path_of(std::string_view key) const;
    void fault(std::string_view key, std::string message);
    void warn(std::string_view key, std::string message);

private:
    std::optional<std::int64_t> integer(std::string_view key, IntegerRange range);
    void refuse(std::string_view key, const nlohmann::ordered_json& value, std::string_view allowed);

    const nlohmann::ordered_json& object_;
    std::string path_;
    Findings& findings_;
    Nulls nulls_;
    std::vector<std::string> known_;
};

// "found <value>; allowed: <allowed>".
std::string refusal(const nlohmann::ordered_json& value, std::string_view allowed);

// The text, or a fault at `path` when the value is no string or cannot be passed to the system.
std::optional<std::string> string_at(const nlohmann::ordered_json& value, const std::string& path,
                                     std::vector<Fault>& faults);

}  // namespace agenthub

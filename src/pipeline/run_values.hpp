// What the references in a pipeline's steps stand for while it runs: its input, and the results of the steps before.
// Owned by the run. Pure.

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/reference.hpp"

namespace agenthub {

class RunValues {
public:
    // All that one run keeps at a time: its input and the results of its steps; also the longest text that is made.
    static constexpr std::size_t kMaxBytes = 16777216;

    // `input` is JSON text of an object; `id` and `date` what ${run.id} and ${run.date} stand for.
    RunValues(std::string input, std::string_view id, std::string_view date);

    // The result of a step, JSON text; it replaces an earlier one. errc::too_large: there is no room, nothing is kept.
    result<void> set(const std::string& step, std::string json);
    // The step's own; empty when it has none.
    std::string_view result_of(std::string_view step) const;

    // JSON text, valid until the next set(). null: an input that was not given, and whatever is looked for in the
    // result of a step that has none. errc::invalid_params when the value is there, but no such member in it.
    result<std::string_view> value_of(const Reference& reference) const;

    const std::string& input() const noexcept { return input_; }

private:
    std::string input_;
    std::string id_, date_;  // JSON texts
    std::map<std::string, std::string, std::less<>> results_;
    std::size_t bytes_ = 0;
};

}  // namespace agenthub

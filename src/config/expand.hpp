// ${VAR}, ${env:VAR} and ${VAR:-default} in the texts of a server entry.
// Pure function.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "config/environment.hpp"

namespace agenthub {

// A letter or "_", then letters, digits and "_".
bool is_variable_name(std::string_view name) noexcept;

// The text with every reference replaced. As in a shell, the default also stands in for an empty variable. Values are
// not expanded again, and every other "$" stays as it is. errc::invalid_config names the variable that is not defined.
result<std::string> expand_variables(std::string_view text, const Environment& environment);

// The names of the variables that the text refers to.
std::vector<std::string> variables_in(std::string_view text);

}  // namespace agenthub

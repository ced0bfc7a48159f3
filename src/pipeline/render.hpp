// Puts values in place of the references in a step's texts.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "pipeline/run_values.hpp"

namespace agenthub {

// A text: each value as text, which is of a string the string, of null nothing, of anything else its JSON. Errors:
// errc::invalid_params where a reference leads nowhere, errc::too_large beyond RunValues::kMaxBytes.
result<std::string> render_text(std::string_view text, const RunValues& values);

// JSON text: in each string, but for the names of members. A string that is one reference and nothing else becomes the
// value itself, whatever its type. Errors as above.
result<std::string> render_json(std::string_view json, const RunValues& values);

}  // namespace agenthub

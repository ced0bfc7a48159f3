// Whether what a pipeline is given is as its input_schema says.
// Pure functions.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

struct InputFault {
    std::string name;     // of the member
    std::string type;     // as FastAPI names it: "missing", "string_type", …
    std::string message;  // "Field required"
    std::string value;    // JSON text of what was found; empty: nothing
};

// Of JSON Schema this looks at `required`, `additionalProperties: false`, and of each of `properties` at `type` and
// `enum`; the rest is for whoever writes the call. Both are JSON texts of objects.
std::vector<InputFault> check_input(std::string_view schema, std::string_view input);

// The input with each property's `default` for what it lacks.
std::string with_defaults(std::string_view schema, std::string input);

}  // namespace agenthub

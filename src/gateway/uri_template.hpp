// Whether a URI may have been made from a URI template (RFC 6570), to find the server that reads it.
// Pure functions.

#pragma once

#include <string_view>

namespace agenthub {

// Takes {a}, {a,b}, {+a}, {#a}, {.a}, {/a}, {/a*}, {?a,b} and {&a,b}, with the modifiers "*" and ":9" read as any
// value. Values are not empty, but for those of a query, whose members may be absent or in any order. Conservative: no
// match for what it does not know, for a template that does not begin with its scheme, and for very long texts.
bool matches_uri_template(std::string_view pattern, std::string_view uri);

}  // namespace agenthub

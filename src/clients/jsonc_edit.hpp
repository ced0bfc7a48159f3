// Puts one entry into a client's configuration and takes it out; every other byte stays, comments included.
// Pure functions: text in, text out.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "clients/client_document.hpp"

namespace agenthub {

// The text with the entry, in place of one of that name if there is one. Indentation and line ends are those of the
// text. The same text when the entry stands there already. Of a text of nothing but white space a new document is made.
// errc::invalid_config: the text is no JSON object, or what should hold the entry is something else.
result<std::string> with_entry(std::string_view text, const ClientEntry& entry);

// The text without the entry of that name; the same text when there is none. Errors as above.
result<std::string> without_entry(std::string_view text, const ClientEntry& entry);

// Something of that name stands in the text, or may: it cannot be understood.
bool has_entry(std::string_view text, const ClientEntry& entry);

// The value of the entry as it stands in the text; nullopt when there is none, or when it cannot be read.
std::optional<nlohmann::ordered_json> find_entry(std::string_view text, const ClientEntry& entry);

}  // namespace agenthub

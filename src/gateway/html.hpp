// Text on pages of HTML.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// `text` as the content of an element, or of an attribute in double quotes.
std::string html_escaped(std::string_view text);

// The same for what servers, clients and configurations have said: without secrets.
std::string html_text(std::string_view text);

// A guide of docs/: headings with the ids that links name, paragraphs, lists, tables, fences, `code`, **strong** and
// [links](to). What is none of these is shown as it is written.
std::string html_of_markdown(std::string_view markdown);

// The first heading of a guide; its beginning when there is none.
std::string_view title_of_markdown(std::string_view markdown) noexcept;

}  // namespace agenthub

// What a person writes to find errors by, as the full text index takes it.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// An FTS5 expression for texts with all words of `text`, in any order; a word that ends with * may go on. Whatever else
// stands in it separates words, so that nothing of it is taken for an operator. Empty when there is no word.
std::string error_words(std::string_view text);

}  // namespace agenthub

// Texts with references in them, as the steps of pipelines have: ${input.NAME}, ${steps.NAME.path}, ${run.id}.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

enum class ReferenceRoot : std::uint8_t { input, steps, run };

struct Reference {
    ReferenceRoot root = ReferenceRoot::input;
    // What follows the root: of `steps` the step's name comes first. Members of objects, and indices of lists.
    std::vector<std::string> path;
    bool operator==(const Reference&) const = default;
    std::string text() const;  // "${steps.NAME.path}"
};

// A piece of a text: as it is, or what a reference stands for.
struct TextPiece {
    std::string literal;
    std::optional<Reference> reference;
    bool operator==(const TextPiece&) const = default;
};

// The longest path of a reference, and the most references in one text.
inline constexpr std::size_t kMaxReferencePath = 16;
inline constexpr std::size_t kMaxReferences = 256;

// "$${" stands for "${". Errors: errc::invalid_config, with what is wrong and what is allowed.
result<std::vector<TextPiece>> pieces_of(std::string_view text);

// There is no reference in it, nor what looks like one.
inline bool is_plain_text(std::string_view text) noexcept {
    return text.find("${") == std::string_view::npos;
}

}  // namespace agenthub

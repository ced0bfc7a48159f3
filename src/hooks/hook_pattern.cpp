// Matching names.
// Pure.

#include "hooks/hook_pattern.hpp"

#include <utility>

#include "base/glob.hpp"

namespace agenthub {

HookPattern::HookPattern(std::string text) : text_(std::move(text)), kind_(Kind::glob) {
    if (text_ == "*")
        kind_ = Kind::any;
    else if (text_.find_first_of("*?") == std::string::npos)
        kind_ = Kind::exact;
}

bool HookPattern::matches(std::string_view name) const noexcept {
    switch (kind_) {
        case Kind::any: return true;
        case Kind::exact: return name == text_;
        case Kind::glob: break;
    }
    return matches_glob(text_, name);
}

}  // namespace agenthub

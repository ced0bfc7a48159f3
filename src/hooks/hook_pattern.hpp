// One pattern of a rule or a hook: a name, or a glob.
// A value; pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agenthub {

// Longer names are refused before anybody is asked (see CallHooks): matching them would cost the loop its time.
inline constexpr std::size_t kMaxJudgedName = 8192;

class HookPattern {
public:
    HookPattern() : HookPattern("*") {}
    explicit HookPattern(std::string text);

    bool matches(std::string_view name) const noexcept;
    // It names one thing.
    bool is_exact() const noexcept { return kind_ == Kind::exact; }

private:
    enum class Kind : unsigned char { any, exact, glob };

    std::string text_;
    Kind kind_;
};

}  // namespace agenthub

// Cutting members out of an object.
// Pure functions.

#include "mcp/member_cut.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace agenthub::mcp {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kMost = 8;

std::uint32_t skip_space(std::string_view text, std::uint32_t at) noexcept {
    return static_cast<std::uint32_t>(std::min(text.find_first_not_of(kSpace, at), text.size()));
}

// Where the last character stands before `at` that is not white space. There is one: at least the object's brace.
std::uint32_t before(std::string_view text, std::uint32_t at) noexcept {
    return static_cast<std::uint32_t>(text.find_last_not_of(kSpace, at - 1));
}

}  // namespace

bool cut_members(std::string_view text, Span object, std::initializer_list<MemberSpan> members, PatchList& patches) {
    std::array<Span, kMost> cuts;
    std::size_t count = 0;
    for (const MemberSpan& member : members)
        if (!member.value.empty()) {
            assert(count < kMost);
            cuts.at(count++) = member.whole();
        }
    std::sort(cuts.begin(), cuts.begin() + count, [](Span a, Span b) { return a.begin < b.begin; });
    bool others = text[skip_space(text, object.begin + 1)] != '}';
    for (std::size_t i = 0; i < count;) {
        // Neighbours go as one, or the comma between them would belong to both.
        Span cut = cuts[i++];
        std::uint32_t next = skip_space(text, cut.end);
        while (i < count && text[next] == ',' && skip_space(text, next + 1) == cuts[i].begin) {
            cut.end = cuts[i++].end;
            next = skip_space(text, cut.end);
        }
        const std::uint32_t previous = before(text, cut.begin);
        if (text[next] == ',')
            cut.end = skip_space(text, next + 1);
        else if (text[previous] == ',')
            cut.begin = previous;
        else
            others = false;
        patches.add(cut, {});
    }
    return others;
}

}  // namespace agenthub::mcp

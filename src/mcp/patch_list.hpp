// Replacements to make in one text, in the order of the text.
// A value of fixed size; borrows the bytes that are put in.

#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <string_view>

#include "mcp/span.hpp"

namespace agenthub::mcp {

// A replacement of one span by other bytes.
struct Patch {
    Span at;
    std::string_view bytes;
};

class PatchList {
public:
    static constexpr std::size_t kCapacity = 16;

    // Spans must not overlap, in whatever order they come; an empty one is skipped. A member is put into an object by
    // replacing its first byte. More than kCapacity are a bug.
    void add(Span at, std::string_view bytes) {
        if (at.empty())
            return;
        assert(count_ < kCapacity);
        std::size_t place = count_++;
        for (; place > 0 && patches_[place - 1].at.begin > at.begin; --place)
            patches_.at(place) = patches_[place - 1];
        patches_.at(place) = {at, bytes};
        extra_ += bytes.size();
    }

    const Patch* begin() const noexcept { return patches_.data(); }
    const Patch* end() const noexcept { return patches_.data() + count_; }
    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    // What is put in, in bytes.
    std::size_t extra() const noexcept { return extra_; }

private:
    std::array<Patch, kCapacity> patches_;
    std::size_t count_ = 0;
    std::size_t extra_ = 0;
};

}  // namespace agenthub::mcp

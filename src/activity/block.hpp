// A fixed block of memory that holds encoded records on their way from the loop to the SQLite thread.
// Owned by one side at a time: the log fills it, the queue carries it, the writer empties it and gives it back.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "activity/record.hpp"

namespace agenthub {

inline constexpr std::size_t kRecordTexts = 10;

// One record as it lies in a block; the texts point into the block and are NUL-terminated.
struct BlockRecord {
    std::int64_t sequence = 0;
    ActivityRecord record;
};

class RecordBlock {
public:
    static constexpr std::size_t kBytes = 64 * 1024;

    // Mapped apart from the heap, so that a block that is let go is memory given back to the system, and one that is
    // hardly filled costs only the pages touched.
    static void* operator new(std::size_t size);
    static void* operator new(std::size_t size, const std::nothrow_t&) noexcept;
    static void operator delete(void* block) noexcept;

    // User-provided, so that the data are not zeroed.
    RecordBlock() noexcept {}

    // True when any record fits, however long its texts are.
    bool fits() const noexcept { return data_.size() - used_ >= kMaxRecordBytes; }
    // Only when fits(). Copies and clips the texts.
    void append(const ActivityRecord& record, std::int64_t sequence) noexcept;

    // Takes over what `other` holds, behind its own: true, and `other` is empty. False when that has no room, or is
    // so much that copying it is not worth the block.
    bool absorb(RecordBlock& other) noexcept;

    std::size_t count() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    void clear() noexcept { used_ = count_ = 0; }

    // Calls f(const BlockRecord&) for each record in order.
    template <class F>
    void for_each(F&& f) const {
        std::size_t at = 0;
        for (std::uint32_t i = 0; i < count_; ++i) {
            const BlockRecord entry = decode(at);
            f(entry);
        }
    }

private:
    // The part of fixed size; the texts follow it, each with a NUL.
    struct Head {
        std::int64_t sequence, unix_ms, duration_us, queue_us, server_us, bytes_in, bytes_out;
        std::int32_t http_status, error_code;
        std::array<std::uint16_t, kRecordTexts> length;
        Outcome outcome;
    };
    static constexpr std::size_t kMaxRecordBytes =
        sizeof(Head) + 2 * (kLongTextLimit + 1) + (kRecordTexts - 2) * (kShortTextLimit + 1);

    // Decodes the record at `at` and moves `at` behind it.
    BlockRecord decode(std::size_t& at) const noexcept;

    std::uint32_t used_ = 0;
    std::uint32_t count_ = 0;
    std::array<char, kBytes - 2 * sizeof(std::uint32_t)> data_;
};

static_assert(sizeof(RecordBlock) == RecordBlock::kBytes);

using BlockPtr = std::unique_ptr<RecordBlock>;

}  // namespace agenthub

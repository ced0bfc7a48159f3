// Encoding and decoding of records.
// Each block is owned by whoever holds its unique_ptr.

#include "activity/block.hpp"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace agenthub {
namespace {

// Of a block: less is copied to another one. Of any two that stay next to each other at least one is then that full.
constexpr std::size_t kWorthABlock = RecordBlock::kBytes / 2;
constexpr std::string_view kEllipsis = "…";

char* put_text(char* at, std::string_view text, std::size_t limit, std::uint16_t& length) noexcept {
    const std::size_t end = clip_point(text, limit);
    if (end != 0)
        std::memcpy(at, text.data(), end);
    std::size_t size = end;
    if (end != text.size()) [[unlikely]] {
        std::memcpy(at + end, kEllipsis.data(), kEllipsis.size());
        size += kEllipsis.size();
    }
    at[size] = '\0';
    length = static_cast<std::uint16_t>(size);
    return at + size + 1;
}

}  // namespace

void* RecordBlock::operator new(std::size_t size, const std::nothrow_t&) noexcept {
    void* block = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? nullptr : block;
}

void* RecordBlock::operator new(std::size_t size) {
    void* block = operator new(size, std::nothrow);
    if (block == nullptr)
        throw std::bad_alloc();
    return block;
}

void RecordBlock::operator delete(void* block) noexcept {
    if (block != nullptr)
        ::munmap(block, sizeof(RecordBlock));
}

void RecordBlock::append(const ActivityRecord& r, std::int64_t sequence) noexcept {
    Head head{sequence,    r.unix_ms,     r.duration_us, r.queue_us, r.server_us, r.bytes_in,
              r.bytes_out, r.http_status, r.error_code,  {},         r.outcome};
    char* const start = data_.data() + used_;
    char* at = start + sizeof head;
    at = put_text(at, r.request_id, kShortTextLimit, head.length[0]);
    at = put_text(at, r.client_id, kShortTextLimit, head.length[1]);
    at = put_text(at, r.client_ip, kShortTextLimit, head.length[2]);
    at = put_text(at, r.http_method, kShortTextLimit, head.length[3]);
    at = put_text(at, r.path, kLongTextLimit, head.length[4]);
    at = put_text(at, r.mcp_method, kShortTextLimit, head.length[5]);
    at = put_text(at, r.server, kShortTextLimit, head.length[6]);
    at = put_text(at, r.tool, kShortTextLimit, head.length[7]);
    at = put_text(at, r.session, kShortTextLimit, head.length[8]);
    at = put_text(at, r.error_text, kLongTextLimit, head.length[9]);
    std::memcpy(start, &head, sizeof head);
    used_ += static_cast<std::uint32_t>(at - start);
    ++count_;
}

bool RecordBlock::absorb(RecordBlock& other) noexcept {
    if (other.used_ >= kWorthABlock || other.used_ > data_.size() - used_)
        return false;
    std::memcpy(data_.data() + used_, other.data_.data(), other.used_);
    used_ += other.used_;
    count_ += other.count_;
    other.clear();
    return true;
}

BlockRecord RecordBlock::decode(std::size_t& at) const noexcept {
    Head head;
    std::memcpy(&head, data_.data() + at, sizeof head);
    at += sizeof head;
    BlockRecord out;
    out.sequence = head.sequence;
    ActivityRecord& r = out.record;
    r.unix_ms = head.unix_ms;
    r.http_status = head.http_status;
    r.outcome = head.outcome;
    r.error_code = head.error_code;
    r.duration_us = head.duration_us;
    r.queue_us = head.queue_us;
    r.server_us = head.server_us;
    r.bytes_in = head.bytes_in;
    r.bytes_out = head.bytes_out;
    // In the order of append().
    std::size_t i = 0;
    for (std::string_view* text : {&r.request_id, &r.client_id, &r.client_ip, &r.http_method, &r.path, &r.mcp_method,
                                   &r.server, &r.tool, &r.session, &r.error_text}) {
        *text = std::string_view(data_.data() + at, head.length[i++]);
        at += text->size() + 1;
    }
    return out;
}

}  // namespace agenthub

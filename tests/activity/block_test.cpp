#include "activity/block.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/activity/activity_support.hpp"

namespace agenthub {
namespace {

// A string built piece by piece: GCC 12 warns falsely of operator+ with a literal.
std::string filled(std::size_t count, std::string_view tail) {
    std::string out(count, 'a');
    out.append(tail);
    return out;
}

BlockRecord only_record(const RecordBlock& block) {
    std::vector<BlockRecord> all;
    block.for_each([&](const BlockRecord& r) { all.push_back(r); });
    EXPECT_EQ(all.size(), 1U);
    return all.front();
}

TEST(RecordBlock, returns_every_field_as_it_was) {
    ActivityRecord in;
    in.unix_ms = 1;
    in.request_id = "rid";
    in.client_id = "cid";
    in.client_ip = "::1";
    in.http_method = "POST";
    in.path = "/mcp/x";
    in.http_status = 404;
    in.mcp_method = "tools/call";
    in.server = "srv";
    in.tool = "echo";
    in.session = "sess";
    in.outcome = Outcome::tool_error;
    in.error_code = -32601;
    in.error_text = "no such method";
    in.duration_us = 2;
    in.queue_us = 3;
    in.server_us = 4;
    in.bytes_in = 5;
    in.bytes_out = 6;
    RecordBlock block;
    block.append(in, 42);
    const auto [sequence, out] = only_record(block);
    EXPECT_EQ(sequence, 42);
    EXPECT_EQ(out.unix_ms, 1);
    EXPECT_EQ(out.request_id, "rid");
    EXPECT_EQ(out.client_id, "cid");
    EXPECT_EQ(out.client_ip, "::1");
    EXPECT_EQ(out.http_method, "POST");
    EXPECT_EQ(out.path, "/mcp/x");
    EXPECT_EQ(out.http_status, 404);
    EXPECT_EQ(out.mcp_method, "tools/call");
    EXPECT_EQ(out.server, "srv");
    EXPECT_EQ(out.tool, "echo");
    EXPECT_EQ(out.session, "sess");
    EXPECT_EQ(out.outcome, Outcome::tool_error);
    EXPECT_EQ(out.error_code, -32601);
    EXPECT_EQ(out.error_text, "no such method");
    EXPECT_EQ(out.duration_us, 2);
    EXPECT_EQ(out.queue_us, 3);
    EXPECT_EQ(out.server_us, 4);
    EXPECT_EQ(out.bytes_in, 5);
    EXPECT_EQ(out.bytes_out, 6);
}

// Appends records until there are `count` of them, or the block is full.
void fill(RecordBlock& block, std::size_t count, std::int64_t& sequence) {
    ActivityRecord in;
    in.path = "/mcp/x";
    while (block.count() < count && block.fits())
        block.append(in, ++sequence);
}

TEST(RecordBlock, absorbs_another_one_behind_its_own) {
    RecordBlock first, second;
    std::int64_t sequence = 0;
    fill(first, 3, sequence);
    fill(second, 2, sequence);
    EXPECT_TRUE(first.absorb(second));
    EXPECT_EQ(first.count(), 5U);
    EXPECT_TRUE(second.empty());
    std::int64_t expected = 0;
    first.for_each([&](const BlockRecord& r) {
        EXPECT_EQ(r.sequence, ++expected);
        EXPECT_EQ(r.record.path, "/mcp/x");
    });
    EXPECT_EQ(expected, 5);
}

TEST(RecordBlock, absorbs_what_fits_to_the_last_byte_and_nothing_more) {
    std::int64_t sequence = 0;
    for (std::size_t count = 1;; ++count) {
        RecordBlock full, more;
        fill(full, 10'000, sequence);
        const std::size_t before = full.count();
        fill(more, count, sequence);
        if (full.absorb(more)) {
            EXPECT_EQ(full.count(), before + count);
            continue;
        }
        EXPECT_GT(count, 1U) << "a block that takes no record of any length has room for a short one";
        EXPECT_EQ(full.count(), before);
        EXPECT_EQ(more.count(), count);
        break;
    }
}

TEST(RecordBlock, does_not_absorb_half_a_block) {
    RecordBlock empty, half;
    std::int64_t sequence = 0;
    fill(half, 10'000, sequence);
    EXPECT_FALSE(empty.absorb(half));
    EXPECT_TRUE(empty.empty());
}

TEST(RecordBlock, copies_the_texts) {
    RecordBlock block;
    std::string path = "/first";
    ActivityRecord in;
    in.path = path;
    block.append(in, 1);
    path.assign("/other");
    EXPECT_EQ(only_record(block).record.path, "/first");
}

TEST(RecordBlock, keeps_texts_at_the_limit_and_cuts_those_one_over) {
    const std::string short_text(kShortTextLimit + 1, 's');
    const std::string long_text(kLongTextLimit + 1, 'l');
    for (const std::size_t over : {0U, 1U}) {
        RecordBlock block;
        ActivityRecord in;
        in.tool = std::string_view(short_text).substr(0, kShortTextLimit + over);
        in.path = std::string_view(long_text).substr(0, kLongTextLimit + over);
        in.error_text = in.path;
        block.append(in, 1);
        const auto out = only_record(block).record;
        EXPECT_EQ(out.tool.size(), kShortTextLimit);
        EXPECT_EQ(out.path.size(), kLongTextLimit);
        EXPECT_EQ(out.error_text.size(), kLongTextLimit);
        EXPECT_EQ(out.tool.ends_with("…"), over == 1);
        EXPECT_EQ(out.path.ends_with("…"), over == 1);
    }
}

TEST(RecordBlock, takes_records_of_any_length_while_it_says_so) {
    const std::string text(1000, 'x');
    ActivityRecord in;
    for (auto* field : {&in.request_id, &in.client_id, &in.client_ip, &in.http_method, &in.path, &in.mcp_method,
                        &in.server, &in.tool, &in.session, &in.error_text})
        *field = text;
    RecordBlock block;
    std::int64_t sequence = 0;
    while (block.fits())
        block.append(in, ++sequence);
    EXPECT_GE(block.count(), 15U);
    std::int64_t expected = 0;
    block.for_each([&](const BlockRecord& r) {
        EXPECT_EQ(r.sequence, ++expected);
        EXPECT_EQ(r.record.error_text.size(), kLongTextLimit);
        EXPECT_EQ(r.record.session.size(), kShortTextLimit);
    });
    EXPECT_EQ(expected, sequence);
    block.clear();
    EXPECT_TRUE(block.empty());
    EXPECT_TRUE(block.fits());
}

TEST(ClipPoint, never_splits_a_utf8_sequence) {
    const std::string text = filled(kShortTextLimit - 4, "€€");  // 3 bytes each, two bytes over
    EXPECT_EQ(clip_point(text, kShortTextLimit), kShortTextLimit - 4);
    // Bytes that are no UTF-8 are cut somewhere near the limit, not at the start.
    const std::string broken(kShortTextLimit + 1, '\x80');
    EXPECT_EQ(clip_point(broken, kShortTextLimit), kShortTextLimit - 6);
}

TEST(StoredText, is_clipped_and_free_of_nul) {
    using namespace std::string_literals;
    EXPECT_EQ(stored_text("a\0b"s),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(stored_text(std::string(kShortTextLimit, 'a')), std::string(kShortTextLimit, 'a'));
    EXPECT_EQ(stored_text(std::string(kShortTextLimit + 1, 'a')), filled(kShortTextLimit - 3, "…"));
}

}  // namespace
}  // namespace agenthub

#include "audit/head.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.hpp"

namespace agenthub {
namespace {

ChainPoint point(std::int64_t seq) {
    return {seq, sha256_hex(std::to_string(seq))};
}

TEST(ChainHead, is_read_as_it_was_written) {
    ChainHead head;
    EXPECT_EQ(*read_head(to_text(head)), head);
    head.last = point(7);
    head.next = point(9);
    head.add_mark(point(3));
    head.add_mark(point(7));
    EXPECT_EQ(*read_head(to_text(head)), head);
}

TEST(ChainHead, damage_anywhere_is_noticed) {
    ChainHead head;
    head.last = point(7);
    head.add_mark(point(7));
    const std::string text = to_text(head);
    for (std::size_t size = 0; size + 1 < text.size(); ++size)
        EXPECT_FALSE(read_head(text.substr(0, size)).has_value()) << size;
    EXPECT_FALSE(read_head(text + "x").has_value());
    for (const char* wrong : {"", "last", "last 7", "last 7:", "last -1:", "other 1:", "mark 1"}) {
        const std::string line =
            std::string(wrong) +
            (*wrong != '\0' && wrong[std::string(wrong).size() - 1] == ':' ? std::string(64, 'g') : std::string());
        EXPECT_FALSE(
            read_head("agenthub audit head 1\nlast " + to_text(point(1)) + "\n" + line + "\nend\n").has_value())
            << line;
    }
}

TEST(ChainHead, marks_are_dense_at_the_end_and_few_in_all) {
    ChainHead head;
    for (std::int64_t seq = 1; seq <= 100'000; ++seq) {
        head.marks.push_back({seq, std::string()});
        if (seq % 100 == 0)
            head.thin_marks();
    }
    EXPECT_LT(head.marks.size(), 400U);
    for (std::int64_t seq = 100'000 - 63; seq <= 100'000; ++seq)
        EXPECT_TRUE(std::any_of(head.marks.begin(), head.marks.end(), [&](const auto& m) { return m.seq == seq; }));
    for (std::size_t i = 1; i < head.marks.size(); ++i) {
        const std::int64_t distance = 100'000 - head.marks[i - 1].seq;
        EXPECT_LE(head.marks[i].seq - head.marks[i - 1].seq, std::max<std::int64_t>(1, distance / 8));
    }
}

TEST(ChainPoint, is_read_as_it_is_written_and_refused_otherwise) {
    EXPECT_EQ(*read_chain_point(to_text(point(12))), point(12));
    for (const std::string& text : {std::string(), std::string("12"), ":" + point(1).hash, "x:" + point(1).hash,
                                    "-1:" + point(1).hash, "1:" + point(1).hash + "0", "1:" + std::string(64, 'A')})
        EXPECT_FALSE(read_chain_point(text).has_value()) << text;
}

}  // namespace
}  // namespace agenthub

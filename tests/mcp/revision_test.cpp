#include "mcp/revision.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

TEST(Revision, table_is_indexed_by_its_own_values) {
    for (std::size_t i = 0; i < kRevisions.size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(kRevisions[i].revision), i);
    EXPECT_EQ(revision_of("2025-06-18"), Revision::r2025_06_18);
    EXPECT_EQ(revision_of("2025-06-19"), std::nullopt);
}

TEST(Revision, negotiation_answers_what_was_asked_or_the_newest) {
    EXPECT_EQ(negotiate_legacy("2025-03-26"), Revision::r2025_03_26);
    EXPECT_EQ(negotiate_legacy("2024-11-05"), Revision::r2024_11_05);
    EXPECT_EQ(negotiate_legacy("1999-01-01"), kNewestLegacy);
    EXPECT_EQ(negotiate_legacy("2026-07-28"), kNewestLegacy) << "the modern era has no initialize";
}

TEST(Revision, only_2025_03_26_has_batches) {
    for (const auto& row : kRevisions)
        EXPECT_EQ(row.batches, row.revision == Revision::r2025_03_26);
}

}  // namespace
}  // namespace agenthub::mcp

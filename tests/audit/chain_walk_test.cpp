#include "audit/chain_walk.hpp"

#include <gtest/gtest.h>

#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

std::vector<AuditRow> chain(int count) {
    std::vector<AuditRow> rows;
    std::string previous(chain_start());
    for (int i = 1; i <= count; ++i) {
        AuditRow row{i, test::audit_record(i), previous, {}};
        row.hash = row_hash(previous, i, row.record);
        previous = row.hash;
        rows.push_back(std::move(row));
    }
    return rows;
}

ChainFinding walk(const std::vector<AuditRow>& rows, const ChainPoint& end) {
    ChainWalk chain;
    for (const AuditRow& row : rows)
        chain.take(row, true);
    return chain.finish(end);
}

ChainPoint end_of(const std::vector<AuditRow>& rows) {
    return {rows.back().seq, rows.back().hash};
}

TEST(ChainWalk, finds_nothing_wrong_with_what_is_right) {
    const auto rows = chain(5);
    EXPECT_EQ(walk(rows, end_of(rows)).fault, ChainFault::none);
    EXPECT_EQ(walk({}, ChainPoint{}).fault, ChainFault::none);
}

TEST(ChainWalk, a_row_of_other_types_is_edited) {
    const auto rows = chain(2);
    ChainWalk walk;
    walk.take(rows[0], true);
    walk.take(rows[1], false);
    EXPECT_EQ(walk.finish(end_of(rows)).fault, ChainFault::edited);
}

TEST(ChainWalk, names_the_first_of_several_faults) {
    auto rows = chain(9);
    const auto end = end_of(rows);
    rows[6].record.actor = "x";
    rows.erase(rows.begin() + 2);
    const auto finding = walk(rows, end);
    EXPECT_EQ(finding.fault, ChainFault::deleted);
    EXPECT_EQ(finding.row, 3);
}

TEST(ChainWalk, wants_no_more_rows_once_the_answer_is_known) {
    auto rows = chain(3);
    rows[0].record.actor = "x";
    ChainWalk walk;
    walk.take(rows[0], true);
    EXPECT_FALSE(walk.wants_more());
    walk.take(rows[1], true);
    EXPECT_EQ(walk.rows(), 2);
}

TEST(ChainWalk, compares_the_end) {
    const auto rows = chain(4);
    const ChainPoint end = end_of(rows);
    EXPECT_EQ(walk({rows.begin(), rows.begin() + 3}, end).fault, ChainFault::truncated);
    EXPECT_EQ(walk({rows.begin(), rows.begin() + 3}, end).row, 4);
    EXPECT_EQ(walk(rows, {3, rows[2].hash}).fault, ChainFault::inserted);
    EXPECT_EQ(walk(rows, {3, rows[2].hash}).row, 4);
    EXPECT_EQ(walk(rows, {4, rows[2].hash}).fault, ChainFault::rewritten);
    EXPECT_EQ(walk(rows, ChainPoint{}).row, 1);
}

TEST(ChainWalk, rows_that_were_put_in_are_told_up_to_1023_and_more_are_still_found) {
    for (const int put_in : {1, 1023, 1024}) {
        auto rows = chain(3 + put_in);
        AuditRow next{rows.back().seq + 1, test::audit_record(1), rows[2].hash, {}};
        next.hash = row_hash(next.previous, next.seq, next.record);
        rows.push_back(next);
        const auto finding = walk(rows, {next.seq, next.hash});
        EXPECT_EQ(finding.fault, put_in < 1024 ? ChainFault::inserted : ChainFault::rewritten) << put_in;
        if (put_in < 1024) {
            EXPECT_EQ(finding.row, 4) << finding.message;
        }
    }
}

}  // namespace
}  // namespace agenthub

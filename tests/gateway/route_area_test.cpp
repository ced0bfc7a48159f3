#include "gateway/route_area.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(RouteArea, every_page_is_a_page_and_every_model_route_writes_itself) {
    for (const RouteRow& row : all_routes()) {
        EXPECT_EQ(area_of(row.id) == RouteArea::page, row.route_class == RouteClass::page) << row.pattern;
        if (row.route_class == RouteClass::model) {
            EXPECT_TRUE(writes_itself(area_of(row.id))) << row.pattern;
        }
    }
}

TEST(RouteArea, the_audit_is_one) {
    for (const RouteId id :
         {RouteId::audit_log, RouteId::audit_verify, RouteId::audit_history, RouteId::alerts, RouteId::alerts_stats}) {
        EXPECT_EQ(area_of(id), RouteArea::audit);
        EXPECT_FALSE(writes_itself(area_of(id)));
    }
}

}  // namespace
}  // namespace agenthub

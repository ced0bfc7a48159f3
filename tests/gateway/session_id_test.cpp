#include "gateway/session_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace agenthub {
namespace {

TEST(SessionId, is_visible_ascii_and_never_the_same) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = make_session_id();
        EXPECT_EQ(id.size(), 34u);
        for (const char c : id)
            EXPECT_TRUE(c > 0x20 && c < 0x7f);
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(SessionId, tells_its_owner) {
    EXPECT_EQ(session_owner(make_session_id()), "a");
    EXPECT_EQ(session_owner(make_session_id("node-7")), "node-7");
}

TEST(SessionId, has_no_owner_when_it_is_not_ours) {
    const std::string secret(32, '0');
    EXPECT_EQ(session_owner("a." + secret), "a");
    for (const std::string& id :
         {std::string(), secret, "." + secret, "a." + secret + "0", "a." + secret.substr(1), "a." + secret + " ",
          "a.b." + secret, "a." + std::string(32, 'A'), "a." + std::string(32, 'g'), std::string("a.")})
        EXPECT_EQ(session_owner(id), "") << id;
}

}  // namespace
}  // namespace agenthub

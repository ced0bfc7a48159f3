#include "gateway/event_id.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <set>

namespace agenthub {
namespace {

constexpr std::string_view kSession = "a.0123456789abcdef0123456789abcdef";
constexpr std::string_view kOther = "a.0123456789abcdef0123456789abcdee";

TEST(EventId, is_read_back_in_its_session_by_who_made_it) {
    const EventIds ids(HashKey{1, 2});
    for (const EventCursor at : {EventCursor{1, 0}, EventCursor{1, 1}, EventCursor{0xffffffff, 0xffffffffffffffff}}) {
        const std::string id = ids.make(kSession, at);
        EXPECT_EQ(ids.read(kSession, id), at) << id;
        EXPECT_EQ(ids.read(kOther, id), std::nullopt);
        EXPECT_EQ(EventIds(HashKey{1, 3}).read(kSession, id), std::nullopt) << "of another run";
    }
}

TEST(EventId, is_another_for_each_event_and_fits_a_header) {
    const EventIds ids(HashKey{1, 2});
    std::set<std::string> seen;
    for (std::uint32_t stream = 1; stream <= 20; ++stream)
        for (std::uint64_t position = 0; position < 20; ++position) {
            const std::string id = ids.make(kSession, {stream, position});
            for (const char c : id)
                EXPECT_TRUE(c == '-' || std::isxdigit(static_cast<unsigned char>(c)) != 0) << id;
            EXPECT_TRUE(seen.insert(id).second);
        }
}

// Whatever is changed in it, and whatever else somebody sends.
TEST(EventId, cannot_be_invented) {
    const EventIds ids(HashKey{1, 2});
    const std::string good = ids.make(kSession, {2, 0x10});
    for (std::size_t i = 0; i < good.size(); ++i)
        for (const char c : {'0', '1', 'a', 'F', '-', ' ', '+'}) {
            std::string bad = good;
            bad[i] = c;
            EXPECT_EQ(ids.read(kSession, bad).has_value(), bad == good) << bad;
        }
    for (const std::string& bad :
         {std::string(), std::string("-"), std::string("--"), std::string("2-10"), std::string("2-10-"), "0" + good,
          good + "0", " " + good, good.substr(1), std::string(10'000, 'a'), std::string("2-10-\0", 6)})
        EXPECT_EQ(ids.read(kSession, bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace agenthub

#include "bridge/oversize_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

// The id found in a line of which a framer would keep the first 512 and the last 256 bytes.
std::optional<std::uint64_t> id_of(const std::string& begin, const std::string& end) {
    const std::string line = begin + std::string(100'000, 'x') + end;
    return id_of_oversize_line(std::string_view(line).substr(0, 512), std::string_view(line).substr(line.size() - 256));
}

TEST(OversizeLine, id_is_read_from_the_head) {
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":17,"result":{"a":")", R"("}})"), 17U);
    EXPECT_EQ(id_of(R"({"id":17,"jsonrpc":"2.0","result":{"a":")", R"("}})"), 17U);
    EXPECT_EQ(id_of(R"({"id":17,"result":{"a":")", R"("},"jsonrpc":"2.0"})"), 17U);
    EXPECT_EQ(id_of(R"( { "jsonrpc" : "2.0" , "id" : 17 , "error" : {"message":")", R"("}})"), 17U);
}

TEST(OversizeLine, id_is_read_from_the_tail) {
    EXPECT_EQ(id_of(R"({"result":{"a":")", R"("},"jsonrpc":"2.0","id":18})"), 18U);
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","result":{"id":3,"a":")", R"("}, "id" : 18 } )"), 18U);
    EXPECT_EQ(id_of(R"({"result":{"a":")", R"("},"id":18,"jsonrpc":"2.0"})"), 18U);
    EXPECT_EQ(id_of(R"({"error":{"a":")", "\"},\"id\":18}\r"), 18U);
}

TEST(OversizeLine, a_request_of_the_server_is_no_answer) {
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":17,"method":"sampling/createMessage","params":{"a":")", R"("}})"),
              std::nullopt);
    EXPECT_EQ(id_of(R"({"method":"sampling/createMessage","params":{"a":")", R"("},"jsonrpc":"2.0","id":17})"),
              std::nullopt);
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","method":"m","params":{"a":")", R"("},"id":17})"), std::nullopt);
}

TEST(OversizeLine, an_inner_id_is_not_taken_for_the_answers) {
    EXPECT_EQ(id_of(R"({"result":{"id":5,"a":")", R"("},"jsonrpc":"2.0"})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"result":{"a":")", R"(","id":5}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"result":{"a":")", R"(\"id\":5"}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"result":{"a":")", R"("},"the\"id":5})"), std::nullopt);
}

TEST(OversizeLine, an_id_that_is_not_ours_is_none) {
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":"17","result":{"a":")", R"("}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":-17,"result":{"a":")", R"("}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":17.5,"result":{"a":")", R"("}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":99999999999999999999,"result":{"a":")", R"("}})"), std::nullopt);
    EXPECT_EQ(id_of(R"({"jsonrpc":"1.0","id":17,"result":{"a":")", R"("}})"), std::nullopt);
}

TEST(OversizeLine, what_is_no_json_has_no_id) {
    EXPECT_EQ(id_of("progress: ", ""), std::nullopt);
    EXPECT_EQ(id_of_oversize_line("", ""), std::nullopt);
    EXPECT_EQ(id_of_oversize_line("{", "}"), std::nullopt);
    EXPECT_EQ(id_of_oversize_line(R"({"result":1,)", R"("id":)"), std::nullopt);
    EXPECT_EQ(id_of_oversize_line(R"({"result":1,)", R"("id")"), std::nullopt);
}

}  // namespace
}  // namespace agenthub

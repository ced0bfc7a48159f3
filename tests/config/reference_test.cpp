// Reading references.

#include "config/reference.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::string shape(std::string_view text) {
    const auto pieces = pieces_of(text);
    if (!pieces)
        return "error";
    std::string out;
    for (const TextPiece& piece : *pieces)
        out += piece.reference ? "<" + piece.reference->text() + ">" : "[" + piece.literal + "]";
    return out;
}

TEST(References, stand_between_pieces_of_text) {
    EXPECT_EQ(shape(""), "");
    EXPECT_EQ(shape("plain $ { } text"), "[plain $ { } text]");
    EXPECT_EQ(shape("a ${input.x}b${steps.s-1.c_2.0}"), "[a ]<${input.x}>[b]<${steps.s-1.c_2.0}>");
    EXPECT_EQ(shape("${input}${run.id}${run.date}"), "<${input}><${run.id}><${run.date}>");
    EXPECT_EQ(shape("$${input.x} $$ $"), "[${input.x} $$ $]");
}

TEST(References, are_refused_when_they_are_none) {
    for (const char* text : {"${", "${}", "${x}", "${input.}", "${input..x}", "${steps}", "${steps.}", "${run}",
                             "${run.time}", "${run.id.x}", "${inputs.x}", "${env.HOME}", "a ${input.x"})
        EXPECT_EQ(shape(text), "error") << text;
    EXPECT_NE(pieces_of("${HOME}").error().message.find("$${ stands for ${"), std::string::npos);
}

TEST(References, are_bounded_in_length_and_number) {
    std::string path = "${steps.s";
    for (std::size_t i = 1; i < kMaxReferencePath; ++i)
        path += ".a";
    EXPECT_NE(shape(path + "}"), "error");
    EXPECT_EQ(shape(path + ".a}"), "error");
    std::string many;
    for (std::size_t i = 0; i < kMaxReferences; ++i)
        many += "${input}";
    EXPECT_NE(shape(many), "error");
    EXPECT_EQ(shape(many + "${input}"), "error");
}

}  // namespace
}  // namespace agenthub

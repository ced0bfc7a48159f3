// Finds the "x-mcp-header" annotations of one tool's schema, in one walk. Part of param_headers_of.
// Lives for one call; borrows the text.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/json_cursor.hpp"
#include "mcp/param_headers.hpp"

namespace agenthub::mcp {

class SchemaAnnotations {
public:
    // `scanner` has indexed `text`.
    SchemaAnnotations(std::string_view text, const JsonScanner& scanner) noexcept
        : text_(text), cursor_(text, scanner) {}

    ParamHeaders read();

private:
    struct Annotation {
        Span header, type;
    };

    bool read_schema(bool reachable);
    bool read_member(Span key, bool reachable, Annotation& found);
    bool read_named_schemas(bool reachable);
    bool read_schemas();
    void take(const Annotation& found, bool reachable);
    void refuse(std::string why);
    std::string key_of(Span key) const;
    std::string place() const;

    std::string_view text_;
    JsonCursor cursor_;
    std::vector<std::string> path_;
    ParamHeaders out_;
    std::optional<Error> number_fault_;
};

}  // namespace agenthub::mcp

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "mcp/header_value.hpp"

namespace agenthub::mcp {

// Header fields as they stand in the test.
class FixedHeaders : public HeaderSource {
public:
    FixedHeaders(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    bool has(std::string_view name) const override { return find(name) != nullptr; }
    std::string_view value(std::string_view name) const override {
        const auto* field = find(name);
        return field == nullptr ? std::string_view() : std::string_view(field->second);
    }

private:
    const std::pair<std::string, std::string>* find(std::string_view name) const {
        for (const auto& field : fields_)
            if (iequals(field.first, name))
                return &field;
        return nullptr;
    }
    std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace agenthub::mcp

// The header fields of an HTTP request, as the rules of the modern era read them.
// Lives for one check; borrows the request.

#pragma once

#include <list>
#include <string>
#include <string_view>

#include "gateway/http_request.hpp"
#include "mcp/header_value.hpp"

namespace agenthub {

class ModernHeaders final : public mcp::HeaderSource {
public:
    explicit ModernHeaders(const HttpRequest& request) : request_(request) {}

    bool has(std::string_view name) const override { return request_.has_header(name); }
    std::string_view value(std::string_view name) const override {
        if (!repeats(name))
            return request_.header(name);
        std::string& all = joined_.emplace_back();
        const auto [first, last] = request_.fields->equal_range({name.data(), name.size()});
        for (auto it = first; it != last; ++it) {
            if (!all.empty())
                all += ", ";
            all.append(it->value().data(), it->value().size());
        }
        return all;
    }

private:
    bool repeats(std::string_view name) const {
        if (request_.index != nullptr)
            return request_.index->repeats(name);
        return request_.fields != nullptr && request_.fields->count({name.data(), name.size()}) > 1;
    }

    const HttpRequest& request_;
    mutable std::list<std::string> joined_;  // of fields that were repeated; the views point here
};

}  // namespace agenthub

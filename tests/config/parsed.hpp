// Short ways to parse configuration text in a test.
// Pure functions.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/parse.hpp"
#include "tests/config/fixed_environment.hpp"

namespace agenthub {

// The configuration; a refusal fails the test.
inline Config parsed(std::string_view text, const Environment& environment = fixed_environment()) {
    auto config = parse_config(text, environment);
    if (config.has_value())
        return std::move(*config);
    ADD_FAILURE() << config.error().text();
    return {};
}

// "path: message" of every fault; none when the text is accepted.
inline std::vector<std::string> faults_of(std::string_view text, const Environment& environment = fixed_environment()) {
    std::vector<std::string> out;
    const auto config = parse_config(text, environment);
    if (config.has_error())
        for (const Fault& fault : config.error().faults)
            out.push_back(fault.text());
    return out;
}

inline std::vector<std::string> texts_of(const std::vector<Fault>& faults) {
    std::vector<std::string> out;
    for (const Fault& fault : faults)
        out.push_back(fault.text());
    return out;
}

// The one server of {"mcpServers": {"s": <entry>}}.
inline ServerConfig parsed_server(const std::string& entry, const Environment& environment = fixed_environment()) {
    const Config config = parsed(R"({"mcpServers": {"s": )" + entry + "}}", environment);
    if (config.servers.size() == 1)
        return config.servers.front();
    ADD_FAILURE() << config.servers.size() << " servers";
    return {};
}

inline std::vector<std::string> one(std::string text) {
    return {std::move(text)};
}

// Why that server is disabled; empty when it is not.
inline std::string reason_of(const std::string& entry, const Environment& environment = fixed_environment()) {
    return parsed_server(entry, environment).disabled_reason;
}

}  // namespace agenthub

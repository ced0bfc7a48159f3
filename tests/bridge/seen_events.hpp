// What a server has sent to nobody's call, as the bridge's tests see it.
// Owned by the rig.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/upstream.hpp"

namespace agenthub {

// What the server sent unasked and to nobody in particular.
struct SeenEvents final : ServerEvents {
    void on_notification(mcp::Message message) override {
        if (!filter)
            seen.push_back(std::move(message).text());
        else if (auto heard = filter(std::move(message)))
            seen.push_back(heard->text());
    }
    void on_asked() override { ++asked; }
    bool on_question(std::shared_ptr<Question> question) override {
        questions.push_back(std::move(question));
        return has_client;
    }
    // What a notification is passed on as, if anything; null: as it is.
    std::function<std::optional<mcp::Message>(mcp::Message)> filter;
    std::vector<std::string> seen;
    int asked = 0;
    bool has_client = false;  // somebody can be asked although no call is in flight
    std::vector<std::shared_ptr<Question>> questions;
};

}  // namespace agenthub

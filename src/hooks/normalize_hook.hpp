// Built-in hook "normalize": arguments as the tool's schema wants them, where a client has almost written them so.
// The rules are a pure function; the hook finds the schema. Owned by its entry of the registry; loop thread only.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hooks/hook.hpp"
#include "hooks/tool_book.hpp"

namespace agenthub {

// The arguments, JSON text of an object or empty, as the properties of the schema (JSON text) have them: texts of
// numbers, whole numbers and truths become those, and numbers and truths texts, where the property's "type" asks for it
// and the value means the same; properties that are not there get their "default"; what the schema does not name goes.
// Each of it as the options say. nullopt: they are so already, or the schema says nothing. Everything else stays as it
// is written: it is not for a gateway to refuse what the server may take.
std::optional<std::string> normalized_arguments(std::string_view arguments, std::string_view schema,
                                                const BuiltinOptions& options);

class NormalizeHook final : public QuickHook {
public:
    // `tools` outlives it.
    NormalizeHook(const BuiltinOptions& options, ToolBook& tools) : options_(options), tools_(tools) {}
    result<HookVerdict> decide(const HookCall& call) override;

private:
    const BuiltinOptions options_;
    ToolBook& tools_;
};

}  // namespace agenthub

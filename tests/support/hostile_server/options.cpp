// Reads the switches of the hostile server from a table.
// Pure functions.

#include "tests/support/hostile_server/options.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace agenthub::test {
namespace {

using Taker = std::function<bool(std::string_view)>;  // false: the value does not fit

template <class Number>
bool to_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

template <class Number>
Taker number(Number& out) {
    return [&out](std::string_view text) { return to_number(text, out); };
}

template <class Number>
Taker number(std::optional<Number>& out) {
    return [&out](std::string_view text) { return to_number(text, out.emplace()); };
}

template <class Text>
Taker text(Text& out) {
    return [&out](std::string_view value) {
        out = std::string(value);
        return true;
    };
}

}  // namespace

Options parse_options(int argc, char** argv, std::string& fault) {
    Options options;
    const std::map<std::string_view, bool*> flags = {
        {"--silent", &options.silent},
        {"--fail-handshake", &options.fail_handshake},
        {"--ignore-term", &options.ignore_term},
        {"--no-subscribe", &options.no_subscribe},
        {"--no-ping", &options.no_ping},
        {"--ask-at-start", &options.ask_at_start},
        {"--grandchild", &options.grandchild},
        {"--die-on-probe", &options.die_on_probe},
        {"--hang-on-probe", &options.hang_on_probe},
    };
    const std::map<std::string_view, Taker> values = {
        {"--exit-at-start", number(options.exit_at_start)},
        {"--exit-at-initialize", number(options.exit_at_initialize)},
        {"--version", text(options.version)},
        {"--crash-after", number(options.crash_after)},
        {"--stop-reading-after", number(options.stop_reading_after)},
        {"--name", text(options.name)},
        {"--era", text(options.era)},
        {"--modern-if", text(options.modern_if)},
        {"--start-file", text(options.start_file)},
        {"--extra-tool-if", text(options.extra_tool_if)},
        {"--stderr-text", text(options.stderr_text)},
        {"--slow-start", number(options.slow_start_ms)},
        {"--lifetime", number(options.lifetime_s)},
    };
    for (int i = 1; i < argc && fault.empty(); ++i) {
        const std::string_view name = argv[i];
        if (const auto flag = flags.find(name); flag != flags.end()) {
            *flag->second = true;
            continue;
        }
        const auto value = values.find(name);
        if (value == values.end())
            fault = "unknown switch " + std::string(name);
        else if (i + 1 == argc || !value->second(argv[i + 1]))
            fault = std::string(name) + " needs a value of its kind";
        ++i;
    }
    return options;
}

}  // namespace agenthub::test

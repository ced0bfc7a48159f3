// Editing by places instead of by printing a tree anew.
// Pure functions.

#include "clients/jsonc_edit.hpp"

#include "clients/jsonc_scan.hpp"

namespace agenthub {
namespace {

using Json = nlohmann::ordered_json;

std::size_t line_start(std::string_view text, std::size_t at) {
    const auto newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
}

std::string_view indent_at(std::string_view text, std::size_t at) {
    const std::string_view line = text.substr(line_start(text, at));
    return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

bool begins_its_line(std::string_view text, std::size_t at) {
    return line_start(text, at) + indent_at(text, at).size() == at && text.find('\n') < at;
}

// How the text is laid out; what is put in follows it.
struct Layout {
    Layout(std::string_view text, const JsoncContainer& root)
        : line_end(text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n") {
        if (!root.items.empty() && begins_its_line(text, root.items.front().begin))
            unit = indent_at(text, root.items.front().begin);
        if (unit.empty())
            unit = "  ";
    }

    // On one line when `indent` is null.
    std::string render(const std::string& key, const Json& value, const std::string* indent) const {
        const auto replace = Json::error_handler_t::replace;
        const std::string name = key.empty() ? "" : Json(key).dump(-1, ' ', false, replace) + ": ";
        if (indent == nullptr)
            return name + value.dump(-1, ' ', false, replace);
        std::string out = name;
        for (const char c : value.dump(static_cast<int>(unit.size()), unit.front(), false, replace)) {
            if (c == '\n')
                out += line_end + *indent;
            else
                out += c;
        }
        return out;
    }

    std::string line_end;
    std::string unit;
};

struct Place {
    JsoncContainer root;
    std::optional<JsoncContainer> container;
    const JsoncItem* item = nullptr;  // of `container`
};

Error wrong_container(const ClientEntry& entry) {
    return {errc::invalid_config,
            "\"" + entry.container + "\" is not " + (entry.in_list ? "a list" : "an object") + "; correct it first"};
}

// The library takes comments, but no commas behind a last element.
std::string without_last_commas(std::string_view text) {
    std::string out(text);
    for (std::size_t at = skip_jsonc_blanks(text, 0); at < text.size(); at = skip_jsonc_blanks(text, at + 1)) {
        if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at)
                at += text[at] == '\\' ? 1 : 0;
        } else if (text[at] == ',') {
            const std::size_t next = skip_jsonc_blanks(text, at + 1);
            if (next < text.size() && (text[next] == '}' || text[next] == ']'))
                out[at] = ' ';
        }
    }
    return out;
}

Json parse_value(std::string_view text, const JsoncItem& item) {
    return Json::parse(without_last_commas(text.substr(item.value, item.end - item.value)), nullptr, false, true);
}

result<Place> find_place(std::string_view text, const ClientEntry& entry) {
    auto root = scan_jsonc(text);
    if (!root)
        return root.error();
    Place place;
    place.root = std::move(*root);
    const JsoncItem* holder = place.root.find(entry.container);
    if (holder == nullptr)
        return place;
    place.container = jsonc_container_at(text, holder->value);
    if (!place.container || place.container->is_list != entry.in_list)
        return wrong_container(entry);
    if (!entry.in_list)
        place.item = place.container->find(entry.key);
    for (const JsoncItem& item : place.container->items) {
        const Json value = entry.in_list ? parse_value(text, item) : Json();
        if (value.is_object() && value.contains("label") && value["label"] == entry.key)
            place.item = &item;
    }
    return place;
}

// Behind the last item: the comma goes to the item, the new one below what is said of the old one in its line.
std::string append_item(std::string text, const JsoncContainer& container, const Layout& layout, const std::string& key,
                        const Json& value) {
    const JsoncItem& last = container.items.back();
    const bool on_lines = begins_its_line(text, container.items.front().begin);
    const std::string indent(indent_at(text, container.items.front().begin));
    const std::size_t behind = last.comma ? *last.comma + 1 : last.end;
    std::size_t at = on_lines ? skip_jsonc_blanks(text, behind, true) : behind;
    if (at < text.size() && text[at] != '\n')
        at = behind;
    if (at > behind && text[at - 1] == '\r')
        --at;
    std::string added =
        (on_lines ? layout.line_end + indent : " ") + layout.render(key, value, on_lines ? &indent : nullptr);
    if (last.comma)
        added += ',';  // whoever writes one behind the last item goes on doing so
    text.insert(at, added);
    if (!last.comma)
        text.insert(last.end, ",");
    return text;
}

std::string fill_empty(std::string text, const JsoncContainer& container, const Layout& layout, const std::string& key,
                       const Json& value, bool on_lines) {
    const std::string outer(indent_at(text, container.open));
    const std::string indent = outer + layout.unit;
    const std::string inner = text.substr(container.open + 1, container.close - container.open - 1);
    const auto last = inner.find_last_not_of(" \t\r\n");
    const bool has_comments = last != std::string::npos;
    std::string filled = has_comments ? inner.substr(0, last + 1) : "";
    if (on_lines || has_comments)
        filled += layout.line_end + indent + layout.render(key, value, &indent) + layout.line_end + outer;
    else
        filled += layout.render(key, value, nullptr);
    return text.replace(container.open + 1, inner.size(), filled);
}

std::string add_item(std::string text, const JsoncContainer& container, const Layout& layout, const std::string& key,
                     const Json& value) {
    if (!container.items.empty())
        return append_item(std::move(text), container, layout, key, value);
    const bool on_lines = text.find('\n', container.open) < text.find_last_not_of(" \t\r\n") ||
                          text.find_first_not_of(" \t\r\n") == container.open;
    return fill_empty(std::move(text), container, layout, key, value, on_lines);
}

// VS Code wants to know the version of the format beside the tasks.
std::string with_version(std::string text, const ClientEntry& entry) {
    const auto root = scan_jsonc(text);
    if (!entry.in_list || !root || root->find("version") != nullptr)
        return text;
    const Layout layout(text, *root);
    return add_item(std::move(text), *root, layout, "version", "2.0.0");
}

}  // namespace

result<std::string> with_entry(std::string_view text, const ClientEntry& entry) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fresh_document({entry}).dump(2) + "\n";
    const auto place = find_place(text, entry);
    if (!place)
        return place.error();
    const Layout layout(text, place->root);
    if (place->item != nullptr) {
        // Compared without the order of members.
        if (nlohmann::json(parse_value(text, *place->item)) == nlohmann::json(entry.value))
            return std::string(text);
        const std::string indent(indent_at(text, place->item->begin));
        const bool on_lines = begins_its_line(text, place->item->begin);
        std::string out(text);
        return out.replace(place->item->value, place->item->end - place->item->value,
                           layout.render("", entry.value, on_lines ? &indent : nullptr));
    }
    if (place->container)
        return with_version(
            add_item(std::string(text), *place->container, layout, entry.in_list ? "" : entry.key, entry.value), entry);
    Json holder = entry.in_list ? Json::array() : Json::object();
    if (entry.in_list)
        holder.push_back(entry.value);
    else
        holder[entry.key] = entry.value;
    return with_version(add_item(std::string(text), place->root, layout, entry.container, holder), entry);
}

result<std::string> without_entry(std::string_view text, const ClientEntry& entry) {
    const auto place = find_place(text, entry);
    if (!place)
        return place.error();
    std::string out(text);
    if (place->item == nullptr)
        return out;
    const JsoncItem& item = *place->item;
    const auto index = static_cast<std::size_t>(&item - place->container->items.data());
    std::size_t begin = item.begin;
    std::size_t end = item.comma ? *item.comma + 1 : item.end;
    if (begins_its_line(text, begin)) {
        begin = line_start(text, begin);
        const std::size_t rest = std::min(text.find_first_not_of(" \t\r", end), text.size());
        end = rest < text.size() && text[rest] == '\n' ? rest + 1 : end;
    } else if (item.comma) {
        end = std::min(text.find_first_not_of(" \t", end), text.size());
    } else {
        while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
            --begin;
    }
    out.erase(begin, end - begin);
    // The comma before it separates nothing any more.
    if (!item.comma && index > 0)
        out.erase(*place->container->items[index - 1].comma, 1);
    return out;
}

bool has_entry(std::string_view text, const ClientEntry& entry) {
    const auto place = find_place(text, entry);
    if (!place)  // what cannot be understood may hold it
        return skip_jsonc_blanks(text, 0, false) < text.size();
    return place->item != nullptr;
}

std::optional<Json> find_entry(std::string_view text, const ClientEntry& entry) {
    const auto place = find_place(text, entry);
    if (!place || place->item == nullptr)
        return std::nullopt;
    Json value = parse_value(text, *place->item);
    if (value.is_discarded())
        return std::nullopt;
    return value;
}

}  // namespace agenthub

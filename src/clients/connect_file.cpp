// Backup, record and replacement of one client's file.
// Functions that block on files.

#include "clients/connect_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "base/digest.hpp"
#include "base/durable_file.hpp"
#include "clients/jsonc_edit.hpp"
#include "config/environment.hpp"

namespace agenthub {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string backup_of(const std::string& path) {
    return path + ".agenthub-backup";
}

std::string record_of(const std::string& path) {
    return path + ".agenthub-undo";
}

// nullopt: there is no such file.
result<std::optional<std::string>> read(const std::string& path) {
    auto content = process_environment().read_file(path, kMaxClientFile);
    if (content.has_error())
        return Error(content.error().code, path + " " + content.error().message);
    return content;
}

// What undo needs to know.
struct Record {
    bool existed = false;
    std::string after;                     // digest of what was written; empty when the file had changed in between
    std::vector<ClientEntry> entries;      // without values
    std::vector<std::string> directories;  // that were made, the innermost first
};

std::string text_of(const Record& record) {
    Json out;
    out["existed"] = record.existed;
    out["after"] = record.after;
    out["entries"] = Json::array();
    for (const ClientEntry& entry : record.entries) {
        Json item;
        item["container"] = entry.container;
        item["key"] = entry.key;
        item["in_list"] = entry.in_list;
        out["entries"].push_back(std::move(item));
    }
    out["directories"] = record.directories;
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Record> record_from(std::string_view text) {
    const Json tree = Json::parse(text, nullptr, false);
    if (!tree.is_object())
        return std::nullopt;
    try {
        Record record;
        record.existed = tree.at("existed").get<bool>();
        record.after = tree.at("after").get<std::string>();
        record.directories = tree.at("directories").get<std::vector<std::string>>();
        for (const Json& item : tree.at("entries"))
            record.entries.push_back({item.at("container").get<std::string>(), item.at("key").get<std::string>(),
                                      item.at("in_list").get<bool>(), nullptr});
        return record;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

result<std::optional<Record>> read_record(const std::string& path) {
    const auto text = read(record_of(path));
    if (!text)
        return text.error();
    if (!*text)
        return std::optional<Record>();
    auto record = record_from(**text);
    if (!record)
        return Error(errc::invalid_request, record_of(path) + " is damaged; compare " + path + " with " +
                                                backup_of(path) + " by hand, and remove both files");
    return record;
}

std::vector<std::string> missing_directories(const std::string& path) {
    std::vector<std::string> out;
    for (fs::path folder = fs::path(path).parent_path(); !folder.empty() && !fs::exists(folder);
         folder = folder.parent_path())
        out.push_back(folder.string());
    return out;
}

void add_entries(Record& record, const std::vector<ClientEntry>& entries) {
    for (const ClientEntry& entry : entries) {
        const auto is_same = [&](const ClientEntry& known) {
            return known.container == entry.container && known.key == entry.key;
        };
        if (std::none_of(record.entries.begin(), record.entries.end(), is_same))
            record.entries.push_back({entry.container, entry.key, entry.in_list, nullptr});
    }
}

// `backup`: what stood there before us, empty when nothing did.
result<std::string> without_ours(std::string text, const Record& record, const std::string& backup) {
    for (ClientEntry entry : record.entries) {
        result<std::string> next = std::string();
        if (auto earlier = find_entry(backup, entry)) {
            entry.value = std::move(*earlier);
            next = with_entry(text, entry);
        } else if (has_entry(backup, entry)) {  // whose it was would be lost
            next = Error(errc::invalid_request,
                         "the entry \"" + entry.key + "\" that stood there before is not understood");
        } else {
            next = without_entry(text, entry);
        }
        if (!next)
            return next.error();
        text = std::move(*next);
    }
    return text;
}

result<UndoResult> put_back(const std::string& path, const Record& record, const std::string& backup) {
    if (record.existed) {
        if (auto replaced = replace_file(path, backup); !replaced)
            return replaced.error();
        return UndoResult::restored;
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return system_error("cannot remove " + path, errno);
    return UndoResult::removed;
}

result<UndoResult> take_ours_out(const std::string& path, const std::string& now, const Record& record,
                                 const std::string& backup) {
    const auto text = without_ours(now, record, backup);
    if (!text)
        return Error(errc::invalid_request, path + " cannot be read any more (" + text.error().message +
                                                "); take the entry out by hand. What it was before is in " +
                                                backup_of(path));
    if (auto replaced = replace_file(path, *text); !replaced)
        return replaced.error();
    return UndoResult::entry_removed;
}

// Also the folders that were made, as far as nothing else is in them.
void forget(const std::string& path, const Record& record) {
    std::error_code ignored;
    fs::remove(record_of(path), ignored);
    fs::remove(backup_of(path), ignored);
    for (const auto& directory : record.directories)
        ::rmdir(directory.c_str());
}

}  // namespace

result<ConnectPlan> plan_connect(const std::string& path, const std::vector<ClientEntry>& entries) {
    auto content = read(path);
    if (!content)
        return content.error();
    std::error_code ec;
    if (!*content && fs::is_symlink(path, ec))  // a file in its place would be no link any more, and undo would lose it
        return Error(errc::io_error, path + " is a link to something that is not there; make that, or remove the link");
    ConnectPlan plan;
    plan.path = path;
    plan.exists = content->has_value();
    plan.before = content->value_or("");
    plan.after = plan.before;
    for (const ClientEntry& entry : entries) {
        auto next = with_entry(plan.after, entry);
        if (!next)
            return Error(next.error().code, path + ": " + next.error().message);
        plan.after = std::move(*next);
    }
    return plan;
}

result<void> write_connect(const ConnectPlan& plan, const std::vector<ClientEntry>& entries) {
    const auto now = read(plan.path);
    if (!now)
        return now.error();
    if (now->has_value() != plan.exists || now->value_or("") != plan.before)
        return Error(errc::busy, plan.path + " has just been changed by somebody else; try again");
    auto earlier = read_record(plan.path);
    if (!earlier)
        return earlier.error();
    Record record;
    if (*earlier) {
        // The first state is what undo goes back to, as long as nobody else has written in between.
        record = std::move(**earlier);
        const bool ours = sha256_hex(plan.before) == record.after;
        record.after = ours ? sha256_hex(plan.after) : "";
    } else {
        record.existed = plan.exists;
        record.after = sha256_hex(plan.after);
        record.directories = missing_directories(plan.path);
        std::error_code ec;
        fs::create_directories(fs::path(plan.path).parent_path(), ec);
        if (ec)
            return Error(errc::io_error, "cannot make the folder of " + plan.path + ": " + ec.message());
        if (plan.exists)
            if (auto kept = replace_file(backup_of(plan.path), plan.before); !kept)
                return kept;
    }
    add_entries(record, entries);
    if (auto noted = replace_file(record_of(plan.path), text_of(record)); !noted)
        return noted;
    return replace_file(plan.path, plan.after);
}

result<UndoResult> undo_connect(const std::string& path) {
    const auto record = read_record(path);
    const auto now = read(path);
    const auto backup = read(backup_of(path));
    if (!record || !now || !backup)
        return !record ? record.error() : now ? backup.error() : now.error();
    if (!*record)
        return Error(errc::invalid_request, "nothing was written to " + path + " that could be taken back");
    const bool existed = (*record)->existed;
    if (existed && !*backup)
        return Error(errc::invalid_request, backup_of(path) + " is gone, so " + path +
                                                " cannot be restored; take the entry out by hand, and remove " +
                                                record_of(path));
    if (existed && !*now)
        return Error(errc::invalid_request, path + " is gone; what it was before is in " + backup_of(path));
    const std::string before = backup->value_or("");
    const bool not_written = existed && **now == before;  // a write that did not come to its end
    const bool is_ours = !*now || not_written || sha256_hex(**now) == (*record)->after;
    const auto done = is_ours ? put_back(path, **record, before) : take_ours_out(path, **now, **record, before);
    if (done)
        forget(path, **record);
    return done;
}

}  // namespace agenthub

// Configuration, state directory, process-wide settings.
// Owned by app.

#include "daemon_setup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>

#include "base/durable_file.hpp"
#include "base/log.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "supervisor/orphans.hpp"

namespace agenthub {
namespace {

// Enough for the default connection limit and some hundred servers.
constexpr rlim_t kDescriptors = 65536;

std::vector<Fault> apply_listen(const std::vector<std::string>& texts, Config& config) {
    std::vector<Fault> faults;
    if (!texts.empty())
        config.listen.clear();
    for (const auto& text : texts) {
        auto address = parse_listen_address(text);
        if (address)
            config.listen.push_back(std::move(*address));
        else
            faults.push_back({"--listen", address.error().message});
    }
    return faults;
}

std::string holder_of(int lock) {
    std::array<char, 32> text{};
    const auto n = ::pread(lock, text.data(), text.size() - 1, 0);
    const std::string pid(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    return pid.empty() ? "another process" : "the AgentHub with pid " + pid;
}

result<UniqueFd> lock_directory(const std::string& path) {
    const std::string file = path + "/agenthub.lock";
    UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock)
        return system_error("cannot open " + file, errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return system_error("cannot lock " + file, errno);
        return Error(errc::io_error, "the state directory " + path + " is in use by " + holder_of(lock.get()) +
                                         "; stop that one or choose another with --state-dir");
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0)
        return system_error("cannot write " + file, errno);
    return lock;
}

}  // namespace

ConfigResult configure(const ServeOptions& options, const Environment& environment) {
    auto loaded = load_config(options.config, environment);
    if (!loaded)
        return loaded.error();
    Config config = std::move(*loaded);
    if (auto faults = apply_listen(options.listen, config); !faults.empty())
        return ConfigFaults{{}, std::move(faults)};
    if (options.log_level)
        config.log.level = *options.log_level;
    if (options.log_format)
        config.log.format = *options.log_format;
    return config;
}

void make_servers_file(const Config& config) {
    std::error_code ec;
    if (config.servers_file.empty() || config.servers_file == config.source_path ||
        std::filesystem::exists(config.servers_file, ec))
        return;
    if (auto made = replace_file(config.servers_file, "{\n  \"servers\": {}\n}\n"); !made)
        log().warn("$MCP_SERVERS_CONFIG names a file that does not exist and cannot be made: {}", made.error().message);
}

void log_warnings(const Config& config) {
    for (const auto& warning : config.warnings)
        log().warn("{}{}{}: {}", config.source_path, config.source_path.empty() ? "" : ": ", warning.path,
                   warning.message);
}

spdlog::level::level_enum log_level(const LogConfig& config) {
    return spdlog::level::from_str(config.level == "error" ? "err" : config.level);
}

result<StateDir> open_state_dir(const ServeOptions& options, const Config& config) {
    auto path = resolve_state_dir(options.state_dir, config, process_environment());
    if (!path)
        return path.error();
    std::error_code ec;
    const bool made = std::filesystem::create_directories(*path, ec);
    if (ec)
        return Error(errc::io_error, "cannot make the state directory " + *path + ": " + ec.message() +
                                         "; choose another with --state-dir");
    if (made)  // activity names people and their work
        std::filesystem::permissions(*path, std::filesystem::perms::owner_all, ec);
    auto lock = lock_directory(*path);
    if (!lock)
        return lock.error();
    return StateDir{std::move(*path), std::move(*lock)};
}

std::unique_ptr<PromptStore> open_prompts(const Config& config, const std::string& state_dir) {
    const EnhancementCacheConfig& cache = config.enhancement.cache;
    if ((!cache.persistent && !cache.semantic) || cache.max_entries == 0)
        return nullptr;
    auto store = PromptStore::open(state_dir + "/enhancement.db", cache.max_entries);
    if (store)
        return std::move(*store);
    log().warn("the cache of prompts begins empty, and will not be kept: {}", store.error().message);
    return nullptr;
}

CgroupTree open_cgroups(const Config& config) {
    auto cgroups = CgroupTree::open(config.cgroup);
    if (!cgroups.directory().empty())
        log().info("each server gets a control group in {}", cgroups.directory());
    else if (config.cgroup == "auto")  // nothing was asked for: many machines have none to give
        log().debug("servers run without control groups: {}", cgroups.why_not());
    else if (config.cgroup != "off")
        log().warn("\"cgroup\" has no effect, servers run without control groups: {}", cgroups.why_not());
    return cgroups;
}

void prepare_process() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a failed write, as on a full disk
    std::signal(SIGHUP, SIG_IGN);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < kDescriptors) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? kDescriptors : std::min(limit.rlim_max, kDescriptors);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (!become_subreaper())
        log().warn("this kernel does not let AgentHub adopt what a killed guard leaves behind");
}

}  // namespace agenthub

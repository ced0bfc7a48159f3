// The outcome as text for people and as JSON for scripts.
// Pure.

#include "load/report.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agenthub::load {
namespace {

struct Figures {
    double calls_per_s = 0;
    double own_us = 0;     // this program's CPU time per call
    double daemon_us = 0;  // the daemon's, of all its threads
    double loop_us = -1;   // of its main thread; -1 when the kernel does not tell
    bool is_fine = false;  // from schedstat, not from 10 ms ticks
};

Figures figures(const Outcome& outcome) {
    const auto calls = static_cast<double>(std::max<std::int64_t>(outcome.right + outcome.wrong, 1));
    Figures out;
    if (outcome.seconds > 0)
        out.calls_per_s = static_cast<double>(outcome.right + outcome.wrong) / outcome.seconds;
    out.own_us = static_cast<double>(outcome.own_cpu_ns) / 1e3 / calls;
    out.daemon_us = static_cast<double>(outcome.after.stat_us - outcome.before.stat_us) / calls;
    if (outcome.before.sched_ns >= 0 && outcome.after.sched_ns >= 0) {
        out.daemon_us = static_cast<double>(outcome.after.sched_ns - outcome.before.sched_ns) / 1e3 / calls;
        out.loop_us = static_cast<double>(outcome.after.main_ns - outcome.before.main_ns) / 1e3 / calls;
        out.is_fine = true;
    }
    return out;
}

double us(std::uint64_t nanoseconds) {
    return static_cast<double>(nanoseconds) / 1e3;
}

}  // namespace

std::string human_report(const Options& options, const Outcome& outcome) {
    const Figures f = figures(outcome);
    const Histogram& h = outcome.latencies;
    std::string out = fmt::format("{} sessions, {} of {} calls right, {} wrong, {} broken\n", options.sessions,
                                  outcome.right, options.calls, outcome.wrong, outcome.broken);
    out += fmt::format("throughput     {:>10.0f} calls/s in {:.2f} s (handshakes {:.3f} s)\n", f.calls_per_s,
                       outcome.seconds, outcome.handshake_seconds);
    out += fmt::format("latency, us    p50 {:.0f}  p90 {:.0f}  p99 {:.0f}  p99.9 {:.0f}  max {:.0f}\n",
                       us(h.percentile(0.5)), us(h.percentile(0.9)), us(h.percentile(0.99)), us(h.percentile(0.999)),
                       us(h.max()));
    out += fmt::format("load generator {:>10.2f} us CPU per call\n", f.own_us);
    if (options.pid > 0) {
        out += fmt::format("daemon         {:>10.2f} us CPU per call, all threads ({})\n", f.daemon_us,
                           f.is_fine ? "schedstat" : "10 ms ticks");
        if (f.loop_us >= 0)
            out += fmt::format("daemon's loop  {:>10.2f} us CPU per call\n", f.loop_us);
        out += fmt::format("daemon's RSS   {:>10.2f} MiB before, {:.2f} after, {:.2f} at most\n",
                           static_cast<double>(outcome.before.rss_kib) / 1024,
                           static_cast<double>(outcome.after.rss_kib) / 1024,
                           static_cast<double>(outcome.after.peak_rss_kib) / 1024);
    }
    for (const auto& fault : outcome.faults)
        out += "fault: " + fault + "\n";
    return out;
}

std::string json_report(const Options& options, const Outcome& outcome) {
    const Figures f = figures(outcome);
    const Histogram& h = outcome.latencies;
    nlohmann::json out = {{"sessions", options.sessions},
                          {"calls", options.calls},
                          {"right", outcome.right},
                          {"wrong", outcome.wrong},
                          {"broken", outcome.broken},
                          {"seconds", outcome.seconds},
                          {"calls_per_s", f.calls_per_s},
                          {"p50_us", us(h.percentile(.5))},
                          {"p90_us", us(h.percentile(.9))},
                          {"p99_us", us(h.percentile(.99))},
                          {"p999_us", us(h.percentile(.999))},
                          {"max_us", us(h.max())},
                          {"first_answer_ns", outcome.first_answer_ns},
                          {"load_cpu_us_per_call", f.own_us},
                          {"faults", outcome.faults}};
    if (options.pid > 0) {
        out["daemon_cpu_us_per_call"] = f.daemon_us;
        if (f.loop_us >= 0)
            out["loop_cpu_us_per_call"] = f.loop_us;
        out["rss_kib_before"] = outcome.before.rss_kib;
        out["rss_kib"] = outcome.after.rss_kib;
        out["rss_kib_peak"] = outcome.after.peak_rss_kib;
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace agenthub::load

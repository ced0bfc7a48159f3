// Asking hooks.
// Owns nothing.

#include "hooks/hook_chain.hpp"

#include <boost/system/system_error.hpp>

#include <exception>

#include "base/log.hpp"
#include "base/race.hpp"
#include "base/redactor.hpp"
#include "base/task_group.hpp"

namespace agenthub {
namespace {

using Verdict = result<HookVerdict>;
using Action = HookVerdict::Action;

constexpr std::size_t kErrorText = 500;

std::int64_t unix_ms_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Error threw(const std::exception& failure) {
    return Error(errc::internal, std::string("it threw an exception: ") + failure.what());
}

Verdict ask_quick(QuickHook& hook, const HookCall& call) {
    try {
        return hook.decide(call);
    } catch (const std::exception& failure) {
        return threw(failure);
    }
}

// An exception ends this hook, not the call; but the end of the coroutine itself is nobody's failure.
awaitable<void> ask_within(SlowHook& hook, const HookCall& call, Verdict& out) {
    try {
        auto decision = hook.decide(call);
        out = co_await with_deadline(std::move(decision), call.deadline);
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted)
            throw;
        out = threw(failure);
    } catch (const std::exception& failure) {
        out = threw(failure);
    }
}

awaitable<void> wait_for(Event& left) {
    co_await left.wait();
}

// The deadline's own sentence does not know what it was about, and that of a program that did not even start speaks of
// servers.
void explain_timeout(const HookEntry& entry, Verdict& verdict) {
    if (!verdict && (verdict.error().code == errc::timeout || verdict.error().code == errc::start_timeout))
        verdict = Error(errc::timeout, "it did not end within " + std::to_string(entry.config.timeout.count()) +
                                           " ms (\"timeout\") or the time of the call, and was broken off");
}

// False when the client has left meanwhile.
awaitable<bool> ask_slow(const HookEntry& entry, HookCall& call, Event* left, Verdict& out) {
    const Deadline whole = call.deadline;
    call.deadline = Deadline::after(entry.config.timeout).earlier(whole);
    auto asked = ask_within(*std::get<std::unique_ptr<SlowHook>>(entry.body), call, out);
    bool ended = true;
    if (left == nullptr) {
        co_await std::move(asked);
    } else {
        auto leaving = wait_for(*left);
        ended = co_await ends_before(std::move(asked), std::move(leaving));
    }
    call.deadline = whole;
    explain_timeout(entry, out);
    co_return ended;
}

// Notes one hook's verdict: with its counts, and in the log if it is a failure.
void count(HookEntry& entry, const HookCall& call, const Verdict& verdict, TimePoint began) {
    HookCounts& counts = entry.counts;
    ++counts.calls;
    counts.spent += std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    if (!verdict) {
        ++counts.failed;
        counts.last_error = redacted_clip(verdict.error().message, kErrorText);
        counts.last_error_unix_ms = unix_ms_now();
        log().warn("hook '{}' failed on {} of server '{}' (request {}): {}", entry.config.name, call.method,
                   call.server, call.request_id, counts.last_error);
        return;
    }
    counts.changed += verdict->action == Action::change ? 1 : 0;
    counts.answered += verdict->action == Action::answer ? 1 : 0;
    counts.refused += verdict->action == Action::refuse ? 1 : 0;
}

// What the hooks behind it see.
void take_change(HookCall& call, std::string text) {
    const bool is_before = call.point == HookPoint::before;
    std::string& kept = is_before ? call.own_arguments : call.own_outcome;
    kept = std::move(text);
    (is_before ? call.arguments : call.outcome) = kept;
}

Error refusal_of(const HookEntry& entry, HookVerdict verdict) {
    Error error(verdict.code, verdict.text.empty() ? "the hook '" + entry.config.name + "' refused the call"
                                                   : std::move(verdict.text));
    error.retry_after = verdict.retry_after;
    return error;
}

Error all_failed(HookPoint point, const HookEntry& last, const Error& why) {
    std::string text = "every hook that applied to the call failed; the last one, '" + last.config.name +
                       "', because " + redacted_clip(why.message, kErrorText);
    if (point != HookPoint::before)
        text += ". The server has answered, and may have acted";
    return {errc::hook_failed, text + ". See GET /hooks, and correct it"};
}

// True when no other hook is to be asked.
bool take(const std::shared_ptr<HookEntry>& entry, HookVerdict verdict, HookCall& call, HookOutcome& out) {
    if (!verdict.note.empty() && !call.dry_run)
        out.notes.emplace_back(entry, std::move(verdict.note));
    switch (verdict.action) {
        case Action::proceed: return false;
        case Action::change:
            out.changed = true;
            take_change(call, std::move(verdict.text));
            return false;
        case Action::answer:
            out.kind = HookOutcome::Kind::answered;
            out.is_error = verdict.is_error;
            out.text = std::move(verdict.text);
            return true;
        case Action::refuse: break;
    }
    out.kind = HookOutcome::Kind::refused;
    out.error = refusal_of(*entry, std::move(verdict));
    return true;
}

}  // namespace

awaitable<HookOutcome> ask_hooks(const HookRegistry::Entries& hooks, HookCall& call, Event* left,
                                 std::vector<HookReport>* reports) {
    HookOutcome out;
    const HookEntry* failed = nullptr;
    Error why;
    bool some_worked = false;
    for (const auto& entry : hooks) {
        if (!entry->matches(call.server, call.method, call.tool))
            continue;
        const TimePoint began = Clock::now();
        Verdict verdict = HookVerdict();
        if (const auto* quick = std::get_if<std::unique_ptr<QuickHook>>(&entry->body)) {
            verdict = ask_quick(**quick, call);
        } else {
            out.waited = true;
            const bool stayed = co_await ask_slow(*entry, call, left, verdict);
            if (!stayed) {
                out.kind = HookOutcome::Kind::left;
                co_return out;
            }
        }
        if (reports == nullptr)
            count(*entry, call, verdict, began);
        else
            reports->push_back({entry, verdict});
        if (!verdict) {
            failed = entry.get();
            why = verdict.error();
            continue;
        }
        some_worked = true;
        if (take(entry, std::move(*verdict), call, out))
            break;
    }
    if (failed != nullptr && !some_worked) {
        out.kind = HookOutcome::Kind::failed;
        out.error = all_failed(call.point, *failed, why);
    }
    co_return out;
}

}  // namespace agenthub

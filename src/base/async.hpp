// The coroutine vocabulary: one concrete executor type for the whole daemon.
// Nothing here owns anything.

#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace agenthub {

namespace asio = boost::asio;

// The concrete executor instead of the polymorphic any_io_executor: half a microsecond per call.
using Executor = asio::io_context::executor_type;

template <class T = void>
using awaitable = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_awaitable{};

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = std::chrono::milliseconds;
using SteadyTimer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

}  // namespace agenthub

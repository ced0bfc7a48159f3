// The tools of the hostile server, by subject.
// Each function adds its tools to the table that main hands to Server.

#pragma once

#include "tests/support/hostile_server/server.hpp"

namespace agenthub::test {

void add_ask_tools(Tools& tools);           // ask_many, ask_later, want
void add_basic_tools(Tools& tools);         // echo, sleep, sleep_deaf, big, error, tool_error, stats, last_raw
void add_framing_tools(Tools& tools);       // garbage, twice, wrong_id, out_of_order, string_id, huge_line
void add_json_tools(Tools& tools);          // weird, null_fields
void add_notification_tools(Tools& tools);  // progress, work, log, list_changed, update, flood, ask
void add_process_tools(Tools& tools);       // die, hang, stop_reading, noise, fork_grandchild, env, fds, crash_counter

// A double-forked process in a session of its own that ignores every catchable signal, keeps the pipes it inherited
// unless `close_files`, and ends by itself after `seconds`. Returns its pid.
int fork_grandchild(std::int64_t seconds, bool close_files);

}  // namespace agenthub::test

#include <gtest/gtest.h>

#include "tests/cli/command_run.hpp"
#include "tests/cli/fake_daemon.hpp"

namespace agenthub {
namespace {

TEST(ReloadCommand, prints_what_has_changed) {
    FakeDaemon daemon;
    daemon.post_json("/admin/reload",
                     R"({"message": "Configuration reloaded", "file": "/etc/a.json",
                         "servers": {"added": ["a", "b"], "removed": ["c"], "changed": ["d"], "updated": ["e"]},
                         "settings": {"applied": ["log.level"], "next_start": ["listen", "limits.sessions"]},
                         "warnings": [{"path": "x", "message": "unknown key"}, {"path": "", "message": "empty"}]})");
    const auto run = run_command({"reload", "--url", daemon.url()});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out,
              "Configuration reloaded: /etc/a.json\n"
              "added: a b\n"
              "removed: c\n"
              "changed, with a new process: d\n"
              "changed, without one: e\n"
              "settings in force: log.level\n"
              "settings that take effect at the next start: listen limits.sessions\n");
    EXPECT_EQ(run.err, "warning: x: unknown key\nwarning: empty\n");
}

TEST(ReloadCommand, says_when_nothing_has_changed) {
    FakeDaemon daemon;
    daemon.post_json("/admin/reload", R"({"message": "Nothing has changed", "file": "",
        "servers": {"added": []}, "settings": {}, "warnings": []})");
    const auto run = run_command({"reload", "--url", daemon.url()});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, "Nothing has changed\n");
}

TEST(ReloadCommand, a_refused_file_fails_with_every_fault) {
    FakeDaemon daemon;
    daemon.post_json("/admin/reload", R"({"detail": "the configuration a is refused:\n  x: wrong\u001b[2J\n  y: bad"})",
                     400);
    const auto run = run_command({"reload", "--url", daemon.url()});
    EXPECT_EQ(run.code, 1);
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err,
              "agenthub reload: nothing has changed: the configuration a is refused:\n  x: wrong [2J\n  y: bad\n");
}

TEST(ReloadCommand, what_is_no_agenthub_is_a_failure) {
    FakeDaemon daemon;
    daemon.post_json("/admin/reload", "<html>", 200);
    EXPECT_EQ(run_command({"reload", "--url", daemon.url()}).code, 1);
    EXPECT_EQ(run_command({"reload", "--url", "http://127.0.0.1:1"}).code, 1);
    EXPECT_EQ(run_command({"reload", "--url", "ftp://x"}).code, 2);
}

}  // namespace
}  // namespace agenthub

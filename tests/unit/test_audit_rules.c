/* test_audit_rules.c: the truth table of audit rules: which of them record every change of
 * /etc/docker/daemon.json (a file), or of /run/containerd (a folder). */
#include "test.h"

#include "agentless/checks/audit_rules.h"
#include "base/json.h"
#include "base/text.h"

#define FILE "/etc/docker/daemon.json"
#define FOLDER "/run/containerd"
#define WATCHED "-w /etc/docker/daemon.json -p wa -k docker"

static const struct row {
    const char *rules; /* a line each */
    const char *path;
    enum watch watch;
} ROWS[] = {
    /* --- forms --- */
    {"", FILE, WATCH_NONE},
    {WATCHED, FILE, WATCH_FULL},
    {"-w /etc/docker/daemon.json", FILE, WATCH_FULL},
    {"-w /etc/docker/ -p wa", FILE, WATCH_FULL},
    {"-w /etc/docker/daemon.json -p rwxa", FILE, WATCH_FULL},
    {"-w /etc/docker/daemon.json -p w", FILE, WATCH_PARTIAL},
    {"-w /etc/docker/daemon.json -p x", FILE, WATCH_PARTIAL},
    {"-w /etc/docker/daemon.json -p w\n-w /etc/docker/daemon.json -p a", FILE, WATCH_FULL},
    {"-w /etc/docker/daemon -p wa", FILE, WATCH_NONE},
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -F key=docker", FILE, WATCH_FULL},
    {"-a exit,always -F path=/etc/docker/daemon.json -F perm=war -k docker", FILE, WATCH_FULL},
    {"-a always,exit -F arch=b64 -S all -F path=/etc/docker/daemon.json -F perm=wa", FILE, WATCH_FULL},
    {"-a always,exit -F dir=/etc/docker -F perm=wa", FILE, WATCH_FULL},
    {"-a always,exit -F dir=/ -F perm=wa", FILE, WATCH_FULL},
    {"-a always,exit -F arch=b64 -S all", FILE, WATCH_FULL},
    {"-w /var/run/containerd -p wa", FOLDER, WATCH_FULL},
    {"-a always,exit -F path=/run/containerd -F perm=war -k docker", FOLDER, WATCH_FOLDER},
    {"-w /lib/systemd/system/docker.service -p wa", "/usr/lib/systemd/system/docker.service", WATCH_FULL},
    /* --- fields that narrow --- */
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -F auid>=1000", FILE, WATCH_PARTIAL},
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -F success=1", FILE, WATCH_PARTIAL},
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -C uid!=euid", FILE, WATCH_PARTIAL},
    {"-a always,exit -F path=/etc/docker/daemon.json -S execve", FILE, WATCH_PARTIAL},
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -F arch=b32", FILE, WATCH_PARTIAL},
    {"-a always,exit -F arch=b64 -S execve -k exec", FILE, WATCH_NONE},
    /* --- other lists --- */
    {"-a always,task -F path=/etc/docker/daemon.json", FILE, WATCH_NONE},
    {"-a always,user -F uid=0", FILE, WATCH_NONE},
    {"-a never,task\n" WATCHED, FILE, WATCH_OFF},
    {"-a task,never\n" WATCHED, FILE, WATCH_OFF},
    {WATCHED "\n-a never,task", FILE, WATCH_OFF},
    {"-a never,task -F uid=1000\n" WATCHED, FILE, WATCH_FULL},
    {"-a always,task\n-a never,task\n" WATCHED, FILE, WATCH_FULL},
    {"-a always,exclude -F msgtype>0\n" WATCHED, FILE, WATCH_OFF},
    {"-a never,exclude -F msgtype=SYSCALL\n" WATCHED, FILE, WATCH_OFF},
    {"-a always,exclude -F msgtype=1302\n" WATCHED, FILE, WATCH_OFF},
    {"-a always,exclude -F msgtype>=1300\n" WATCHED, FILE, WATCH_OFF},
    {"-a always,exclude -F msgtype!=USER_LOGIN\n" WATCHED, FILE, WATCH_OFF},
    {"-a always,exclude -F msgtype=CWD\n" WATCHED, FILE, WATCH_FULL},
    {"-a always,exclude -F msgtype=CRYPTO_KEY_USER\n" WATCHED, FILE, WATCH_FULL},
    {"-a always,exclude -F msgtype>1999\n" WATCHED, FILE, WATCH_FULL},
    {"-a always,exclude -F msgtype=SYSCALL -F auid=1000\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,filesystem -F fstype=tracefs\n" WATCHED, FILE, WATCH_FULL},
    /* --- never --- */
    {"-a never,exit -F path=/etc/docker/daemon.json\n" WATCHED, FILE, WATCH_NEVER},
    {"-a never,exit -F dir=/etc\n" WATCHED, FILE, WATCH_NEVER},
    {"-a never,exit -S all\n" WATCHED, FILE, WATCH_NEVER},
    {"-a never,exit -F path=/etc/docker/daemon.json -F perm=w\n" WATCHED, FILE, WATCH_NEVER},
    {"-a never,exit -F path=/etc/docker/daemon.json -F perm=x\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,exit -F path=/etc/docker/daemon.json -F perm=r\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,exit -F path=/etc/docker/daemon.json -F uid=1234\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,exit -F arch=b64 -S adjtimex\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,exit -F arch=b64 -S openat,renameat\n" WATCHED, FILE, WATCH_NEVER},
    {"-a never,exit -F arch=b32 -S all\n" WATCHED, FILE, WATCH_FULL},
    {"-a never,exit -F exe=/usr/bin/vmtoolsd\n" WATCHED, FILE, WATCH_FULL},
    /* --- order --- */
    {WATCHED "\n-a never,exit -F path=/etc/docker/daemon.json", FILE, WATCH_FULL},
    {WATCHED "\n-A never,exit -F path=/etc/docker/daemon.json", FILE, WATCH_NEVER},
    {"-w /etc/docker/daemon.json -p w\n-a never,exit -F path=/etc/docker/daemon.json\n" WATCHED, FILE,
     WATCH_NEVER},
    {WATCHED "\n-D", FILE, WATCH_NONE},
    {"-D\n-b 8192\n-f 1\n" WATCHED, FILE, WATCH_FULL},
    {WATCHED "\n-W /etc/docker/daemon.json -p wa -k docker", FILE, WATCH_NONE},
    {WATCHED "\n-W /etc/docker/other", FILE, WATCH_FULL},
    {"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa\n-d always,exit -F "
     "path=/etc/docker/daemon.json -F perm=wa",
     FILE, WATCH_NONE},
};

static const struct switch_row {
    const char *rules;
    int enabled;
} SWITCHES[] = {{WATCHED, -1},     {"-e 0", 0},       {"-e 1", 1}, {"-e 2", 2},
                {"-e 0\n-e 2", 2}, {"-e 1\n-e 0", 0}, {"-e", -1},  {"-e x", -1}};

static json_t *lines(const char *text)
{
    json_t *rules = json_array();
    char *copy = strdup(text), *rest = copy, *line;
    while ((line = text_next(&rest, "\n")))
        json_array_append_new(rules, json_pack("{s:s}", "rule", line));
    free(copy);
    return rules;
}

static void truth_table(void **state)
{
    static const char *const NAMES[] = {"none", "partial", "folder", "full", "never", "off"};
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct row *row = &ROWS[i];
        json_t *rules = lines(row->rules);
        struct audit_rules *read = audit_rules_read(rules);
        const json_t *by;
        enum watch watch = audit_rules_watch(read, row->path, strcmp(row->path, FOLDER) == 0, &by);
        if (watch != row->watch || (watch != WATCH_NONE && !by)) {
            print_error("%s\n  is %s, not %s, by %s\n", row->rules, NAMES[watch], NAMES[row->watch],
                        text_or(json_text_at(by, "rule"), "none"));
            failed++;
        }
        audit_rules_free(read);
        json_decref(rules);
    }
    assert_int_equal(failed, 0);
}

static void switched(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++) {
        json_t *rules = lines(SWITCHES[i].rules);
        struct audit_rules *read = audit_rules_read(rules);
        if (audit_rules_enabled(read) != SWITCHES[i].enabled)
            fail_msg("%s: %d", SWITCHES[i].rules, audit_rules_enabled(read));
        audit_rules_free(read);
        json_decref(rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(truth_table), cmocka_unit_test(switched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

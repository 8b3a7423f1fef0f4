/* test_verdicts.c: states of hosts that were judged wrong, found by setting them on real ones; each stands
 * for its kind. */
#include "test.h"

#include "golden_case.h"

#define ID "aaaaaaaaaaaa"
#define NO_USERNS "'info':{'SecurityOptions':['name=apparmor','name=seccomp,profile=builtin']}"
#define CONTAINER(host_config)                                                                               \
    "{'engine':{" NO_USERNS ",'containers':{'" ID "':{'HostConfig':" host_config "}}}}"
#define UNITS(units, files) "{'shell':{'units':{" units "},'files':{" files "}}}"
#define FILE(path, mode)                                                                                     \
    "'" path "':{'state':'present','mode':'" mode "','uid':0,'gid':0,'type':'regular file'}"
#define MASKED                                                                                               \
    UNITS("'docker.socket':{'FragmentPath':'/etc/systemd/system/docker.socket','DropInPaths':''}",           \
          "'/etc/systemd/system/"                                                                            \
          "docker.socket':{'state':'present','mode':'0666','uid':0,'gid':0,'type':'character special "       \
          "file','target':'/dev/null'}")
#define ENVIRONMENT(path, mode)                                                                              \
    UNITS("'docker.service':{'EnvironmentFiles':'/etc/sysconfig/docker (ignore_errors=yes)\\n" path          \
          " (ignore_errors=no)'}",                                                                           \
          FILE(path, mode))
/* The host's process of a Kata container: the machine's monitor, root with all capabilities. */
#define MONITOR                                                                                              \
    "'pid':218,'comm':'qemu-system-x86','uid':0,'cap_bnd':'000001ffffffffff','no_new_privs':0,'seccomp':0"
#define KATA                                                                                                 \
    "{'engine':{" NO_USERNS ",'containers':{'" ID "':{'Config':{'User':'1000'},"                             \
    "'HostConfig':{'Runtime':'kata','SecurityOpt':['no-new-privileges'],'CapDrop':['ALL']}}}},"              \
    "'shell':{'containers':{'" ID "':[{" MONITOR "}]}}}"

#define RUNTIME(name, process)                                                                               \
    "{'engine':{'containers':{'" ID "':{'HostConfig':{'Runtime':'" name                                      \
    "','SecurityOpt':['no-new-privileges']}}}},"                                                             \
    "'shell':{'containers':{'" ID "':[{" process "}]}}}"

static const struct test_case CASES[] = {
    /* A filter that all of the host is under is no container's. */
    {"5.22", CONTAINER("{'SecurityOpt':['seccomp=unconfined']}"), STATUS_WARN, "seccomp=unconfined"},
    {"5.22", CONTAINER("{'Privileged':true}"), STATUS_WARN, "privileged"},
    {"5.22", CONTAINER("{'Privileged':true,'SecurityOpt':['seccomp=/etc/profile.json']}"), STATUS_PASS, NULL},
    /* Of ALL what is dropped is taken away again; else what is added stays. */
    {"X.3", CONTAINER("{'CapAdd':['ALL'],'CapDrop':['SYS_ADMIN']}"), STATUS_PASS, NULL},
    {"X.1", CONTAINER("{'CapAdd':['ALL'],'CapDrop':['SYS_ADMIN']}"), STATUS_WARN, "DAC_READ_SEARCH"},
    {"X.3", CONTAINER("{'CapAdd':['SYS_ADMIN'],'CapDrop':['ALL']}"), STATUS_WARN, "SYS_ADMIN"},
    {"X.3", CONTAINER("{'CapAdd':['SYS_ADMIN'],'CapDrop':['CAP_SYS_ADMIN']}"), STATUS_WARN, "SYS_ADMIN"},
    {"5.4", CONTAINER("{'CapAdd':['ALL'],'CapDrop':['SYS_ADMIN']}"), STATUS_WARN, "SYS_PTRACE"},
    {"4.1", KATA, STATUS_PASS, NULL},
    {"5.4", KATA, STATUS_PASS, NULL},
    {"5.22", KATA, STATUS_PASS, NULL},
    {"5.26", KATA, STATUS_PASS, NULL},
    {"5.7", KATA, STATUS_ERROR, "its processes"},
    {"5.26", RUNTIME("vm-of-ours", MONITOR), STATUS_PASS, NULL},
    {"5.26", RUNTIME("runc-of-ours", "'pid':218,'comm':'sh','uid':0,'no_new_privs':0"), STATUS_WARN,
     "no_new_privs"},
    {"5.26", RUNTIME("runc", "'pid':218,'comm':'qemu-system-x86','uid':0,'no_new_privs':0"), STATUS_WARN,
     "no_new_privs"},
    /* The link of a masked unit leads to /dev/null, whose mode is not the unit's. */
    {"3.4", MASKED, STATUS_INFO, "masked"},
    {"3.3", MASKED, STATUS_INFO, "masked"},
    {"3.21", ENVIRONMENT("/etc/sysconfig/docker-storage", "0666"), STATUS_WARN,
     "/etc/sysconfig/docker-storage"},
    {"3.21", ENVIRONMENT("/etc/sysconfig/docker-storage", "0644"), STATUS_PASS, NULL},
    {"3.2", ENVIRONMENT("/run/flannel/docker", "0666"), STATUS_WARN, "/run/flannel/docker"},
    {"3.2", ENVIRONMENT("/run/flannel/docker", "0644"), STATUS_PASS, NULL},
    {"2.3", "{'shell':{'configs':{'/etc/docker/daemon.json':{'settings':{'log-level':'INFO'}}}}}",
     STATUS_PASS, "INFO"},
    {"2.3", "{'shell':{'configs':{'/etc/docker/daemon.json':{'settings':{'log-level':'Warn'}}}}}",
     STATUS_WARN, "Warn"},
};

static void every_case(void **state)
{
    (void)state;
    check_cases(CASES, sizeof CASES / sizeof *CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

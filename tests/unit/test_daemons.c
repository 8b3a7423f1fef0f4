/* test_daemons.c: hosts on which several daemons run, or one that was started in an unusual way: every check
 * speaks of the one that was asked, or says that it does not know which. */
#include "test.h"

#include "golden_case.h"

#define CONFIG(path, settings) "'" path "':{'state':'read','mtime':1795474332,'settings':" settings "}"
#define DAEMON(pid, settings)                                                                                \
    "{'pid':" pid                                                                                            \
    ",'uid':0,'start_ticks':708540,'exe':'/usr/sbin/dockerd','arguments_seen':true,'settings':" settings "}"
#define FIRST DAEMON("700", "{}")
#define SECOND                                                                                               \
    DAEMON("800",                                                                                            \
           "{'host':['unix:///run/"                                                                          \
           "docker-b.sock'],'iptables':['false'],'log-level':['error'],'userland-proxy':['false'],"          \
           "'config-file':['/etc/docker-b.json'],'data-root':['/srv/b'],'pidfile':['/run/docker-b.pid']}")
/* Root's two, of which the first is the golden host's; `session` and `info` say which one was asked. */
#define TWO(session, info)                                                                                   \
    "{'session':{" session "},'engine':{'info':{" info "}},'shell':{'daemons':[" FIRST "," SECOND            \
    "],'configs':{" CONFIG("/etc/docker-b.json",                                                             \
                           "{'no-new-privileges':true,'default-ulimit':{'nofile':{'Name':'nofile','Soft':"   \
                           "64,'Hard':64}}}") "},'files':{'/run/"                                            \
                                              "docker-b.sock':{'state':'present','mode':'0666','uid':0,'"    \
                                              "gid':0,'type':'socket'},"                                     \
                                              "'/etc/"                                                       \
                                              "docker-b.json':{'state':'present','mode':'0664','uid':0,'"    \
                                              "gid':0,'type':'regular file'}}}}"
#define BY_SOCKET TWO("'socket':'/run/docker-b.sock'", "'DockerRootDir':'/srv/b'")
#define BY_DATA_ROOT TWO("'socket':null", "'DockerRootDir':'/srv/b/100000.100000'")
#define THE_FIRST TWO("'socket':'/var/run/docker.sock'", "'DockerRootDir':'/var/lib/docker'")
#define NEITHER(pidfile)                                                                                     \
    "{'session':{'socket':null},'engine':{'info':{'DockerRootDir':null}},'shell':{'pidfile':700,'daemons':"  \
    "[" FIRST "," DAEMON("800", "{'iptables':['false']" pidfile "}") "]}}"
#define SCRIPT                                                                                               \
    "{'shell':{'pidfile':null,'daemons':[{'pid':600,'uid':0,'exe':'/usr/bin/"                                \
    "dash','arguments_seen':true,'settings':{}}," DAEMON("700", "{'iptables':['false']}") "]}}"
#define TLS_HOST(host)                                                                                       \
    "{'shell':{'daemons':[" DAEMON(                                                                          \
        "700", "{'host':['" host                                                                             \
               "'],'tlskey':['/srv/key.pem']}") "],'configs':{'/etc/docker/"                                 \
                                                "daemon.json':{'settings':{'host':null,'tlskey':null}}},"    \
                                                "'units':{'docker.socket':{'ActiveState':'active','Listen':" \
                                                "'2376 (Stream)'}},"                                         \
                                                "'files':{'/srv/"                                            \
                                                "key.pem':{'state':'present','mode':'0644','uid':0,'gid':0," \
                                                "'type':'regular file'}}}}"
#define BY_UNIT(hosts)                                                                                       \
    "{'session':{'transport':'tls'},'missing':{'shell':'no "                                                 \
    "shell'},'shell':null,'host_files':{'units':{'docker.socket':{'Listen':'2376'}},'configs':{'/etc/"       \
    "docker/daemon.json':{'state':'absent'}},"                                                               \
    "'daemons':[{'pid':0,'unit':'/lib/systemd/system/"                                                       \
    "docker.service','arguments_seen':true,'settings':{'host':" hosts                                        \
    ",'iptables':['false'],'tlsverify':['true']}}]}}"

/* The first daemon alone, asked by a socket that is not its own. */
#define LEFT_BEHIND(info, link)                                                                              \
    "{'session':{'socket':'/run/docker-b.sock'},'engine':{'info':{" info "}},'shell':{'daemons':[" FIRST     \
    "],'files':{'/var/lib/docker':{'state':'present','mode':'0710','uid':0,'gid':0,'type':'directory'" link  \
    "}}}}"

static const struct test_case CASES[] = {
    {"2.3", BY_SOCKET, STATUS_WARN, "error"},
    {"2.4", BY_SOCKET, STATUS_WARN, "iptables"},
    {"2.15", BY_SOCKET, STATUS_PASS, NULL},
    {"2.17", BY_SOCKET, STATUS_PASS, "userland-proxy"},
    {"3.15", BY_SOCKET, STATUS_PASS, "/run/docker-b.sock"},
    {"3.16", BY_SOCKET, STATUS_WARN, "/run/docker-b.sock"},
    {"3.18", BY_SOCKET, STATUS_WARN, "/etc/docker-b.json"},
    {"2.4", BY_DATA_ROOT, STATUS_WARN, "iptables"},
    {"3.16", BY_DATA_ROOT, STATUS_WARN, "/run/docker-b.sock"},
    {"2.3", THE_FIRST, STATUS_PASS, NULL},
    {"2.4", THE_FIRST, STATUS_PASS, NULL},
    /* Two of the same pid file cannot live at once: the one that it names is the daemon. */
    {"2.4", NEITHER(""), STATUS_PASS, NULL},
    {"2.4", NEITHER(",'pidfile':['/run/b.pid']"), STATUS_ERROR, "2 dockerd processes"},
    /* Only another daemon is left: the one that was asked has ended since. */
    {"2.4", LEFT_BEHIND("'DockerRootDir':'/srv/b'", ""), STATUS_ERROR, "another data root"},
    {"2.4", LEFT_BEHIND("'DockerRootDir':null", ""), STATUS_ERROR, "another data root"},
    {"2.4", LEFT_BEHIND("'DockerRootDir':'/srv/b'", ",'target':'/srv/b'"), STATUS_PASS, NULL},
    {"2.4", LEFT_BEHIND("'DockerRootDir':'/var/lib/docker'", ""), STATUS_PASS, NULL},
    /* A script called dockerd that starts the daemon. */
    {"2.4", SCRIPT, STATUS_WARN, "iptables"},
    /* A host without a scheme is TCP, and what systemd opens for the daemon too. */
    {"3.14", TLS_HOST("0.0.0.0:2376"), STATUS_WARN, "0644"},
    {"3.14", TLS_HOST("tcp://0.0.0.0:2376"), STATUS_WARN, "0644"},
    {"3.14", TLS_HOST("fd://"), STATUS_WARN, "0644"},
    {"3.14", TLS_HOST("unix:///run/docker.sock"), STATUS_INFO, "no TCP listener"},
    /* The unit's daemon cannot be the one that answered on a TCP port. */
    {"2.4", BY_UNIT("['unix:///run/docker.sock']"), STATUS_ERROR, "another one runs"},
    {"3.14", BY_UNIT("['unix:///run/docker.sock']"), STATUS_ERROR, "another one runs"},
    {"2.4", BY_UNIT("['tcp://0.0.0.0:2376']"), STATUS_WARN, "iptables"},
    {"2.4", BY_UNIT("['fd://']"), STATUS_WARN, "iptables"},
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

/* test_checks.c: every check on golden facts. The golden host passes all it can; each
 * case changes it by a JSON merge patch (RFC 7386; ' stands for ") and says what the check must then decide.
 * Each check has a PASS, a WARN (or what takes its place), a not-applicable and a missing-evidence case. */
#include "golden_case.h"

#include "base/mem.h"
#include "test.h"

#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/judge.h"
#include "base/json.h"

#define ID "aaaaaaaaaaaa"
#define CONTAINER(x) "{'engine':{'containers':{'" ID "':" x "}}}"
#define HOST_CONFIG(x) CONTAINER("{'HostConfig':" x "}")
#define INFO(x) "{'engine':{'info':" x "}}"
#define DAEMON_JSON(x) "{'shell':{'configs':{'/etc/docker/daemon.json':{'settings':" x "}}}}"
#define ARGUMENTS(x)                                                                                         \
    "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'uid':0,'arguments_seen':true,'settings':" x "}]}" \
    "}"
/* Where root in a container is root on the host. */
#define PLAIN_HOST_CONFIG(x)                                                                                 \
    "{'engine':{'info':{'SecurityOptions':['name=seccomp']},'containers':{'" ID "':{'HostConfig':" x "}}}}"
/* A volume with these members, and where the mount says it is. */
#define VOLUME(members, source)                                                                              \
    "{'engine':{'volumes':{'Volumes':[{'Name':'v'," members "}]},'containers':{'" ID                         \
    "':{'Mounts':[{'Type':'volume','Name':'v','Source':'" source "','Destination':'/x','RW':true}]}}}}"
#define PROCESS(x) "{'shell':{'containers':{'" ID "':[" x "]}}}"
#define NO_SHELL "'shell':null,'missing':{'shell':'there is no shell'}"
#define NO_INFO "{'engine':{'info':null},'missing':{'info':'HTTP 500'}}"
#define NO_CONTAINERS "{'engine':{'containers':null},'missing':{'container_list':'timed out'}}"
#define NONE_THERE "{'engine':{'containers':{'" ID "':null}}}"
#define UNSEEN "{'engine':{'containers':{'" ID "':null}},'missing':{'containers/" ID "':'HTTP 500'}}"
#define STOPPED "{'engine':{'containers':{'" ID "':{'State':{'Running':false,'Status':'exited'}}}}}"
#define GOOD "{}"

#define MOUNTS(x) "{'shell':{'mounts':[" x "]}}"
#define ACCOUNTS(groups, users) "{'shell':{'accounts':{'groups':[" groups "],'users':[" users "]}}}"
#define AUDIT(rules) "{'shell':{'audit':{'status':0,'enabled':1,'loaded':[" rules "]}}}"
/* Versions of clang-format differ in what they make of rows in a macro. */
/* clang-format off */
/* Each audited object: a rule for it, a rule for something else, the audit system not to be seen, no shell.
 */
#define AUDIT_CASES(id, path)                                                                                \
    {id, GOOD, STATUS_PASS, NULL}, {id, AUDIT("'-w /nowhere -p wa'"), STATUS_WARN, path},                    \
        {id, "{'shell':{'audit':null}}", STATUS_ERROR, "audit rules were not seen"},                         \
        {id, "{" NO_SHELL "}", STATUS_ERROR, "no shell"}
#define FILE(path, x) "{'shell':{'files':{'" path "':" x "}}}"
/* Each judged file: as it should be, of another owner, of a laxer mode, not seen, not allowed to be seen. */
#define FILE_CASES(owner, mode, path, lax)                                                                   \
    {owner, GOOD, STATUS_PASS, NULL}, {mode, GOOD, STATUS_PASS, NULL},                                       \
        {owner, FILE(path, "{'uid':1000}"), STATUS_WARN, path},                                              \
        {mode, FILE(path, "{'mode':'" lax "'}"), STATUS_WARN, lax},                                          \
        {owner, FILE(path, "{'state':'denied'}"), STATUS_ERROR, path},                                       \
        {mode, FILE(path, "{'state':'denied'}"), STATUS_ERROR, path},                                        \
        {owner, "{" NO_SHELL "}", STATUS_ERROR, "no shell"},                                                 \
        {mode, "{" NO_SHELL "}", STATUS_ERROR, "no shell"}
/* A daemon with -H fd:// and a daemon.json without hosts. */
#define ACTIVATED(state, listen, tlsverify)                                                                                                      \
    "{'engine':{'info':{'Warnings':[]}},'shell':{'units':{'docker.socket':{'ActiveState':'" state "','Listen':'/run/docker.sock (Stream)\\n" listen \
    "'}},'daemons':[{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{'host':['fd://']}}],'configs':{'/etc/docker/daemon.json':{"   \
    "'settings':{'host':null," tlsverify "}}}}}"
#define UNIT(x) "{'shell':{'units':{'docker.service':{" x "}}}}"
#define IMAGE_ID "sha256:5f3df64736d1e3174f090cab209ca321d81645f2ab3c98f2035bbd5da9f54bed"
#define IMAGE(x) "{'engine':{'image_inspects':{'" IMAGE_ID "':" x "}}}"
#define HISTORY(x) "{'engine':{'image_history':{'" IMAGE_ID "':[" x "]}}}"
#define IMAGE_GONE(part)                                                                                     \
    "{'engine':{'" part "':{'" IMAGE_ID "':null}},'missing':{'" part "/" IMAGE_ID "':'HTTP 500'}}"
#define NO_IMAGE_CASES(id)                                                                                   \
    {id, "{'engine':{'images':[]}}", STATUS_INFO, "no images"},                                              \
        {id, "{'engine':{'images':null},'missing':{'images':'HTTP 403'}}", STATUS_ERROR, "HTTP 403"}
/* Outside user namespaces and without a shell, so that the configured user decides. */
#define ROOT(user)                                                                                           \
    "{" NO_SHELL ",'engine':{'info':{'SecurityOptions':['name=seccomp']},'containers':{'" ID                 \
    "':{'Config':{'User':" user "}}}}}"
#define SWARM(x) INFO("{'Swarm':{'LocalNodeState':'active','ControlAvailable':true," x "}}")
#define SWARM_HOST(x)                                                                                        \
    "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}}},'shell':{'swarm':{" x  \
    "}}}"
/* A task of a service with this policy. */
#define TASK(policy)                                                                                         \
    "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}},"                       \
    "'services':[{'ID':'s1','Spec':{'Name':'front','TaskTemplate':{'RestartPolicy':" policy "}}}],"          \
    "'containers':{'" ID "':{'Config':{'Labels':{'com.docker.swarm.service.name':'front',"                   \
    "'com.docker.swarm.service.id':'s1'}}}}}}"
#define SWARM_NETWORKS(x)                                                                                    \
    "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}},'networks':[" x "]}}"
#define SWARM_SERVICES(x)                                                                                    \
    "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}},'services':[{'Spec':{"  \
    "'Name':'front','TaskTemplate':{'ContainerSpec':{" x "}}}}]}}"
#define NO_SWARM_CASES(id)                                                                                   \
    {id, GOOD, STATUS_INFO, "no swarm"},                                                                     \
        {id, NO_INFO, STATUS_ERROR, "HTTP 500"}
#define DRIFT(x) "{'shell':{'layers':{'/var/lib/docker/overlay2/x/diff':{" x "}}}}"
#define CAPABILITY_CASES(id, name)                                                                           \
    {id, GOOD, STATUS_PASS, NULL}, {id, PLAIN_HOST_CONFIG("{'CapAdd':['CAP_" name "']}"), STATUS_WARN, name},      \
        {id, PLAIN_HOST_CONFIG("{'CapAdd':['all']}"), STATUS_WARN, name},                                          \
        {id, PLAIN_HOST_CONFIG("{'Privileged':true}"), STATUS_WARN, "privileged"},                                 \
        {id, HOST_CONFIG("{'Privileged':true}"), STATUS_INFO, "only in its user namespace"},                   \
        {id, NONE_THERE, STATUS_INFO, "no containers"},                                                      \
        {id, NO_CONTAINERS, STATUS_ERROR, "timed out"}
/* clang-format on */

static const struct test_case CASES[] = {
    {"2.1", INFO("{'SecurityOptions':['name=rootless']}"), STATUS_PASS, "rootless"},
    {"2.1", GOOD, STATUS_INFO, "runs as root"},
    {"2.1", INFO("{'SecurityOptions':null}"), STATUS_ERROR, "SecurityOptions"},
    {"2.1", NO_INFO, STATUS_ERROR, "HTTP 500"},

    {"2.2", GOOD, STATUS_PASS, "enable_icc"},
    {"2.2",
     "{'engine':{'networks':[{'Name':'bridge','Options':{'com.docker.network.bridge.enable_icc':'true'}}]}}",
     STATUS_WARN, "bridge"},
    {"2.2", "{'engine':{'networks':[{'Name':'apps','Options':{}}]}}", STATUS_PASS,
     "no such network"}, /* -b none */
    {"2.2", "{'engine':{'networks':[{'Name':'bridge','Options':{}}]}}", STATUS_ERROR, "does not say"},
    {"2.2", "{'engine':{'networks':null},'missing':{'networks':'HTTP 403'}}", STATUS_ERROR, "HTTP 403"},

    {"2.3", GOOD, STATUS_PASS, "log-level"},
    {"2.3", DAEMON_JSON("{'log-level':null}"), STATUS_PASS, "not set"},
    {"2.3", INFO("{'Debug':true}"), STATUS_WARN, "debug"},
    {"2.3", DAEMON_JSON("{'log-level':'debug'}"), STATUS_WARN, "debug"},
    {"2.3", ARGUMENTS("{'log-level':['warn']}"), STATUS_WARN, "arguments"},
    {"2.3", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},
    {"2.3", "{" NO_SHELL ",'engine':{'info':{'Debug':true}}}", STATUS_WARN, "debug"},

    {"2.4", GOOD, STATUS_PASS, "iptables"},
    {"2.4", ARGUMENTS("{'iptables':['0']}"), STATUS_WARN, "iptables"},
    {"2.4", ARGUMENTS("{'iptables':['false','true']}"), STATUS_PASS,
     NULL}, /* the last of a repeated flag counts */
    {"2.4", DAEMON_JSON("{'iptables':false}"), STATUS_WARN, "daemon.json"},
    {"2.4", ARGUMENTS("{'iptables':['maybe']}"), STATUS_ERROR, "no value"},
    {"2.4", "{'shell':{'configs':{'/etc/docker/daemon.json':{'state':'denied','settings':null}}}}",
     STATUS_ERROR, "may not be read"},
    {"2.4",
     "{'shell':{'configs':{'/etc/docker/daemon.json':{'state':'malformed','why':'line 1','settings':null}}}}",
     STATUS_ERROR, "malformed"},
    {"2.4", "{'shell':{'configs':{'/etc/docker/daemon.json':{'state':'absent','settings':null}}}}",
     STATUS_PASS, "not set"},
    {"2.4", ARGUMENTS("{'config-file':['/srv/d.json']}"), STATUS_ERROR, "/srv/d.json was not read"},
    {"2.4",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{'config-file':['"
     "/srv/d.json']}}],"
     "'configs':{'/srv/d.json':{'state':'read','mtime':1795474332,'settings':{'iptables':false}}}}}",
     STATUS_WARN, "/srv/d.json"},
    {"2.4", "{'shell':{'configs':{'/etc/docker/daemon.json':{'mtime':1895474332}}}}", STATUS_ERROR,
     "changed after dockerd started"},
    /* Another daemon, in a container or beside ours, is not ours. */
    {"2.4",
     "{'shell':{'pidfile':null,'daemons':[{'pid':9,'container':'f00','arguments_seen':true,'settings':{'"
     "iptables':['false']}},"
     "{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{}}]}}",
     STATUS_PASS, NULL},
    {"2.4",
     "{'shell':{'daemons':[{'pid':9,'arguments_seen':true,'settings':{'iptables':['false']}},"
     "{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{}}]}}",
     STATUS_PASS, NULL},
    {"2.4",
     "{'shell':{'pidfile':null,'daemons':[{'pid':9,'arguments_seen':true,'settings':{'icc':['true']}},"
     "{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{}}]}}",
     STATUS_ERROR, "2 dockerd processes"},
    {"2.4", "{'shell':{'daemons':[]}}", STATUS_ERROR, "no dockerd"},

    {"2.5", GOOD, STATUS_PASS, "127.0.0.0/8"},
    {"2.5", INFO("{'RegistryConfig':{'InsecureRegistryCIDRs':['127.0.0.0/8','::1/128']}}"), STATUS_PASS,
     NULL},
    {"2.5", INFO("{'RegistryConfig':{'InsecureRegistryCIDRs':['10.0.0.0/8']}}"), STATUS_WARN, "10.0.0.0/8"},
    {"2.5", INFO("{'RegistryConfig':{'IndexConfigs':{'r:5000':{'Name':'r:5000','Secure':false}}}}"),
     STATUS_WARN, "r:5000"},
    {"2.5", INFO("{'RegistryConfig':{'IndexConfigs':{'r:5000':{'Name':'r:5000'}}}}"), STATUS_ERROR,
     "does not say"},
    {"2.5", INFO("{'RegistryConfig':null}"), STATUS_ERROR, "RegistryConfig"},

    {"2.6", GOOD, STATUS_PASS, "overlay2"},
    {"2.6", INFO("{'Driver':'aufs'}"), STATUS_WARN, "aufs"},
    {"2.6", INFO("{'Driver':null}"), STATUS_ERROR, "Driver"},
    {"2.7", GOOD, STATUS_PASS, "overlay2"},
    {"2.7", INFO("{'Driver':'devicemapper'}"), STATUS_WARN, "devicemapper"},
    {"2.7", INFO("{'Driver':null}"), STATUS_ERROR, "Driver"},

    {"2.8", INFO("{'Warnings':[]}"), STATUS_PASS, "tcp://0.0.0.0:2376"},
    {"2.8", "{" NO_SHELL ",'engine':{'info':{'Warnings':[]}}}", STATUS_PASS, "Warnings"},
    {"2.8",
     INFO("{'Warnings':['WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\\n Access to "
          "the remote API']}"),
     STATUS_WARN, "http://0.0.0.0:2375"},
    {"2.8",
     INFO("{'Warnings':['WARNING: API is accessible on https://0.0.0.0:2376 without TLS client "
          "verification.']}"),
     STATUS_WARN, "any client"},
    {"2.8", INFO("{'Warnings':['WARNING: No swap limit support']}"), STATUS_PASS, NULL},
    /* What systemd opens for the daemon has TLS where the daemon has it (moby 17211). */
    {"2.8", ACTIVATED("active", "0.0.0.0:2375 (Stream)", "'tlsverify':null"), STATUS_WARN, "0.0.0.0:2375"},
    {"2.8", ACTIVATED("unknown", "2375", "'tlsverify':null"), STATUS_ERROR, "systemctl does not say"},
    {"2.8", ACTIVATED("active", "0.0.0.0:2376 (Stream)", "'tlsverify':true"), STATUS_PASS, "0.0.0.0:2376"},
    {"2.8", ACTIVATED("active", "/run/docker.sock (Stream)", "'tlsverify':null"), STATUS_PASS, NULL},
    {"2.8", "{'session':{'transport':'tcp'},'engine':{'info':{'Warnings':[]}}}", STATUS_WARN,
     "muster itself"},
    {"2.8", "{'session':{'plain_2375':'open'},'engine':{'info':{'Warnings':[]}}}", STATUS_WARN, "port 2375"},
    {"2.8", ACTIVATED("active", "0.0.0.0:2376 (Stream)", "'tlsverify':'maybe'"), STATUS_ERROR, "not known"},
    {"2.8", ARGUMENTS("{'host':['0.0.0.0:2375']}"), STATUS_PASS, "0.0.0.0:2375"},
    {"2.8",
     "{'engine':{'info':{'ServerVersion':'17.03.0'}},'shell':{'daemons':[{'pid':700,'start_ticks':708540,'"
     "arguments_seen':true,'settings':{'host':['0.0.0.0:2375'],'tlsverify':['false']}}]}}",
     STATUS_WARN, "0.0.0.0:2375"},
    /* No Warnings: the listeners decide. */
    {"2.8", INFO("{'ServerVersion':'17.03.0'}"), STATUS_PASS, "tcp://"},
    {"2.8",
     "{'engine':{'info':{'ServerVersion':'17.03.0'}},'shell':{'configs':{'/etc/docker/"
     "daemon.json':{'settings':{'tlsverify':false}}}}}",
     STATUS_WARN, "no tlsverify"},
    {"2.8", "{" NO_SHELL ",'engine':{'info':{'ServerVersion':'17.03.0'}}}", STATUS_ERROR,
     "does not list its listeners"},
    {"2.8", "{" NO_SHELL ",'session':{'transport':'tcp'},'engine':{'info':{'ServerVersion':'17.03.0'}}}",
     STATUS_WARN, "without TLS"},

    {"2.9", GOOD, STATUS_PASS, "nofile"},
    {"2.9", DAEMON_JSON("{'default-ulimit':null}"), STATUS_INFO, "no default ulimits"},
    {"2.9", ARGUMENTS("{'default-ulimit':['nofile=1:2']}"), STATUS_PASS, NULL},
    {"2.9", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},

    {"2.10", GOOD, STATUS_PASS, "userns"},
    {"2.10", INFO("{'SecurityOptions':['name=seccomp,profile=default']}"), STATUS_WARN, "root on the host"},
    {"2.10", INFO("{'SecurityOptions':['name=rootless']}"), STATUS_INFO, "rootless"},
    {"2.10", INFO("{'SecurityOptions':null}"), STATUS_ERROR, "SecurityOptions"},

    {"2.11", GOOD, STATUS_PASS, "not set"},
    {"2.11", DAEMON_JSON("{'cgroup-parent':'/foo'}"), STATUS_INFO, "/foo"},
    {"2.11", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},

    {"2.12", GOOD, STATUS_PASS, "overlay2"},
    {"2.12",
     "{'engine':{'info':{'Driver':'devicemapper'}},'shell':{'daemons':[{'pid':700,'start_ticks':708540,'"
     "arguments_seen':true,'"
     "settings':{'storage-opt':['dm.fs=xfs','dm.basesize=50G']}}]}}",
     STATUS_WARN, "dm.basesize=50G"},
    {"2.12", INFO("{'Driver':'devicemapper'}"), STATUS_PASS, "storage-opt"},
    {"2.12", "{" NO_SHELL ",'engine':{'info':{'Driver':'devicemapper'}}}", STATUS_ERROR, "no shell"},

    {"2.13", GOOD, STATUS_PASS, "opa"},
    {"2.13", INFO("{'Plugins':{'Authorization':[]}}"), STATUS_WARN, "no authorization plugin"},
    {"2.13", INFO("{'Plugins':null}"), STATUS_ERROR, "Plugins"},

    {"2.14", GOOD, STATUS_PASS, "gelf"},
    {"2.14", INFO("{'LoggingDriver':'json-file'}"), STATUS_WARN, "json-file"},
    {"2.14", INFO("{'LoggingDriver':'none'}"), STATUS_WARN, "none"},
    {"2.14", INFO("{'LoggingDriver':'journald'}"), STATUS_INFO, "journald"},
    {"2.14", INFO("{'LoggingDriver':null}"), STATUS_ERROR, "LoggingDriver"},

    {"2.15", GOOD, STATUS_PASS, "no-new-privileges"},
    {"2.15", ARGUMENTS("{'no-new-privileges':['false']}"), STATUS_WARN, "gain privileges"},
    {"2.15",
     "{" NO_SHELL
     ",'engine':{'info':{'ServerVersion':'28.2.2','SecurityOptions':['name=no-new-privileges']}}}",
     STATUS_PASS, NULL},
    {"2.15", "{" NO_SHELL ",'engine':{'info':{'ServerVersion':'28.2.2'}}}", STATUS_WARN, NULL},
    {"2.15", "{" NO_SHELL "}", STATUS_ERROR, "no shell"}, /* 20.10 does not tell */
    {"2.15", "{" NO_SHELL ",'engine':{'info':{'ServerVersion':'28.2.2','SecurityOptions':null}}}",
     STATUS_ERROR, NULL},

    {"2.16", GOOD, STATUS_PASS, "LiveRestoreEnabled"},
    {"2.16", INFO("{'LiveRestoreEnabled':false}"), STATUS_WARN, "stop"},
    {"2.16", INFO("{'LiveRestoreEnabled':false,'Swarm':{'LocalNodeState':'active'}}"), STATUS_INFO,
     "does not apply"},
    {"2.16", INFO("{'LiveRestoreEnabled':null}"), STATUS_ERROR, "LiveRestoreEnabled"},

    {"2.17", GOOD, STATUS_PASS, "userland-proxy"},
    {"2.17", DAEMON_JSON("{'userland-proxy':null}"), STATUS_WARN, "proxy"},
    {"2.17", ARGUMENTS("{'userland-proxy':['f']}"), STATUS_PASS, NULL},
    {"2.17", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},
    {"2.17", "{'shell':{'daemons':[],'docker_proxies':2}}", STATUS_WARN, "docker-proxy"},
    {"2.17",
     "{" NO_SHELL
     ",'engine':{'info':{'ServerVersion':'29.5.0','FirewallBackend':{'Driver':'iptables','Info':[]}}}}",
     STATUS_PASS, NULL},
    {"2.17",
     "{" NO_SHELL ",'engine':{'info':{'ServerVersion':'29.5.0','FirewallBackend':{'Driver':'iptables','Info':"
     "[['EnableUserlandProxy','true']]}}}}",
     STATUS_WARN, NULL},

    {"2.18", GOOD, STATUS_PASS, "profile=default"},
    {"2.18", INFO("{'SecurityOptions':['name=seccomp,profile=builtin']}"), STATUS_PASS, NULL},
    {"2.18", INFO("{'SecurityOptions':['name=seccomp,profile=/etc/s.json']}"), STATUS_PASS, "/etc/s.json"},
    {"2.18", INFO("{'SecurityOptions':['name=seccomp,profile=unconfined']}"), STATUS_WARN, "unconfined"},
    {"2.18", INFO("{'SecurityOptions':['name=userns']}"), STATUS_WARN, "without seccomp"},
    {"2.18", INFO("{'SecurityOptions':null}"), STATUS_ERROR, NULL},

    {"2.19", GOOD, STATUS_PASS, "ExperimentalBuild"},
    {"2.19", INFO("{'ExperimentalBuild':true}"), STATUS_WARN, "experimental"},
    {"2.19", INFO("{'ExperimentalBuild':null}"), STATUS_ERROR, "ExperimentalBuild"},

    {"5.1", GOOD, STATUS_PASS, "inactive"},
    {"5.1", INFO("{'Swarm':{'LocalNodeState':'active'}}"), STATUS_WARN, "active"},
    {"5.1", INFO("{'Swarm':{'LocalNodeState':'locked'}}"), STATUS_WARN, "locked"},
    {"5.1", INFO("{'Swarm':null}"), STATUS_ERROR, "Swarm"},

    {"5.2", GOOD, STATUS_PASS, NULL},
    {"5.2", CONTAINER("{'AppArmorProfile':'unconfined'}"), STATUS_WARN, "vault"},
    {"5.2", CONTAINER("{'AppArmorProfile':''}"), STATUS_WARN, "AppArmor"},
    {"5.2", CONTAINER("{'AppArmorProfile':'','State':{'Running':false,'Status':'created'}}"), STATUS_PASS,
     NULL}, /* set at the start */
    {"5.2",
     CONTAINER("{'AppArmorProfile':'','State':{'Status':'created'},'HostConfig':{'SecurityOpt':['apparmor="
               "unconfined']}}"),
     STATUS_WARN, NULL},
    {"5.2",
     "{'engine':{'info':{'SecurityOptions':['name=seccomp,profile=default']},'containers':{'" ID
     "':{'AppArmorProfile':''}}}}",
     STATUS_INFO, "no AppArmor"},
    {"5.2", CONTAINER("{'AppArmorProfile':null}"), STATUS_ERROR, "AppArmorProfile"},
    {"5.2", NO_CONTAINERS, STATUS_ERROR, "timed out"},

    {"5.3", GOOD, STATUS_PASS, NULL},
    {"5.3", HOST_CONFIG("{'SecurityOpt':['label=disable']}"), STATUS_WARN, "SELinux"},
    {"5.3", CONTAINER("{'ProcessLabel':''}"), STATUS_WARN, NULL},
    {"5.3", "{'engine':{'info':{'SecurityOptions':[]}}}", STATUS_INFO, "does not apply"},
    {"5.3", "{'engine':{'info':{'SecurityOptions':[]}},'shell':{'selinux_enforce':'1'}}", STATUS_WARN,
     "enforces"},
    {"5.3", CONTAINER("{'ProcessLabel':null}"), STATUS_ERROR, "ProcessLabel"},

    {"5.4", GOOD, STATUS_PASS, "containers examined"},
    {"5.4", HOST_CONFIG("{'CapAdd':['NET_ADMIN']}"), STATUS_WARN, "NET_ADMIN"},
    {"5.4", HOST_CONFIG("{'CapAdd':['cap_sys_ptrace']}"), STATUS_WARN, "SYS_PTRACE"},
    {"5.4", HOST_CONFIG("{'CapAdd':['ALL']}"), STATUS_WARN, "ALL"},
    {"5.4", HOST_CONFIG("{'CapAdd':['CHOWN']}"), STATUS_PASS, NULL},
    {"5.4", HOST_CONFIG("{'CapAdd':['SOMETHING_NEW']}"), STATUS_WARN, "SOMETHING_NEW"},
    {"5.4", HOST_CONFIG("{'Privileged':true}"), STATUS_WARN, "privileged"},
    {"5.4", PROCESS("{'pid':218,'cap_bnd':'00000000a80425fb'}"), STATUS_INFO, "NET_RAW"},
    {"5.4", PROCESS("{'pid':218,'cap_bnd':'000001ffffffffff'}"), STATUS_WARN,
     "SYS_ADMIN"}, /* in force beyond what is configured */
    {"5.4", "{" NO_SHELL ",'engine':{'containers':{'" ID "':{'HostConfig':{'CapDrop':[]}}}}}", STATUS_INFO,
     "NET_RAW"},
    {"5.4", NONE_THERE, STATUS_INFO, "no containers"},
    {"5.4", HOST_CONFIG("{'Privileged':null}"), STATUS_ERROR, "Privileged"},

    {"5.5", GOOD, STATUS_PASS, "containers examined"},
    {"5.5", HOST_CONFIG("{'Privileged':true}"), STATUS_WARN, "runs with --privileged"},
    {"5.5", CONTAINER("{'State':{'Running':false,'Status':'exited'},'HostConfig':{'Privileged':true}}"),
     STATUS_WARN, "exited"},
    {"5.5", CONTAINER("{'Name':'/vanilla','HostConfig':{'Privileged':true}}"), STATUS_WARN, "vanilla"},
    {"5.5", NONE_THERE, STATUS_INFO, "no containers"},
    {"5.5", UNSEEN, STATUS_ERROR, "HTTP 500"},
    {"5.5", HOST_CONFIG("{'Privileged':null}"), STATUS_ERROR, "evidence missing"},
    {"5.5", HOST_CONFIG("{'Privileged':'yes'}"), STATUS_ERROR, "evidence missing"},

#define MOUNT(source, more)                                                                                  \
    CONTAINER("{'Mounts':[{'Type':'bind','Source':'" source "','Destination':'/x','RW':true" more "}]}")
    {"5.6", GOOD, STATUS_PASS, NULL},
    {"5.6", MOUNT("/", ""), STATUS_WARN, "mounts the host's / read-write"},
    {"5.6", MOUNT("/etc/ssl", ""), STATUS_WARN, "in /etc"},
    {"5.6", MOUNT("/lib64", ""), STATUS_WARN, NULL},
    {"5.6", MOUNT("/var/run", ""), STATUS_WARN, "/run"},
    {"5.6", MOUNT("/var/run/x", ""), STATUS_INFO, "/run/x"},
    {"5.6", MOUNT("/run/containerd", ""), STATUS_WARN, "/run/containerd"},
    {"5.6", MOUNT("/bin", ""), STATUS_WARN, "/bin"},
    {"5.6", MOUNT("/sbin", ""), STATUS_WARN, "/sbin"},
    {"5.6", MOUNT("/etcetera", ""), STATUS_PASS, NULL},
    {"5.6", MOUNT("/srv/../etc", ""), STATUS_WARN, NULL},
    {"5.6", MOUNT("/var/lib", ""), STATUS_WARN, "above /var/lib/docker"},
    {"5.6", MOUNT("/var/lib/docker/overlay2", ""), STATUS_WARN, NULL},
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/etc','Destination':'/x','RW':false}]}"),
     STATUS_WARN, "read-only"},
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/etc/localtime','Destination':'/x','RW':false}]}"),
     STATUS_INFO, "read-only"},
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/etc/localtime','Destination':'/x','RW':true}]}"),
     STATUS_WARN, "read-write"},
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/etc/shadow','Destination':'/x','RW':false}]}"),
     STATUS_WARN, "read-only"},
    {"5.6", VOLUME("'Driver':'local-persist'", "/etc"), STATUS_WARN, "/etc"},
    {"5.6", VOLUME("'Options':{'type':'ext4','device':'/dev/vda1'}", "/var/lib/docker/volumes/v/_data"),
     STATUS_WARN, "/dev/vda1"},
    {"5.6",
     VOLUME("'Options':{'type':'overlay','device':'overlay','o':'lowerdir=/srv/a:/etc,upperdir=/srv/b'}",
            "/var/lib/docker/volumes/v/_data"),
     STATUS_WARN, "/etc"},
    {"5.6", VOLUME("'Options':{'type':'nfs','device':':/etc','o':'ro'}", "/var/lib/docker/volumes/v/_data"),
     STATUS_PASS, NULL},
    {"5.6", VOLUME("'Options':{'type':'cifs','device':'//host/etc'}", "/var/lib/docker/volumes/v/_data"),
     STATUS_PASS, NULL},
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/etc','Destination':'/x'}]}"), STATUS_WARN,
     NULL}, /* RW unknown is not read-only */
    {"5.6", CONTAINER("{'Mounts':[{'Type':'bind','Source':'/srv','Destination':'/etc','RW':true}]}"),
     STATUS_PASS, NULL},
    {"5.6",
     "{'engine':{'volumes':{'Volumes':[{'Name':'v','Options':{'type':'none','o':'bind','device':'/"
     "etc'}}]},'containers':{'" ID "':{'Mounts':[{'Type':'volume','Name':'v','Source':'/var/lib/docker/"
     "volumes/v/_data','Destination':'/usr','RW':true}]}}}}",
     STATUS_WARN, "/etc"},
    {"5.6",
     "{'engine':{'volumes':{'Volumes':[{'Name':'v','Options':null}]},'containers':{'" ID
     "':{'Mounts':[{'Type':'volume','Name':'v','Source':'/var/lib/docker/volumes/v/_data','Destination':'/"
     "usr','RW':true}]}}}}",
     STATUS_PASS, NULL},
    {"5.6",
     "{'missing':{'volumes':'HTTP 500'},'engine':{'volumes':null,'containers':{'" ID
     "':{'Mounts':[{'Type':'volume','Name':'v','Destination':'/usr','RW':true}]}}}}",
     STATUS_ERROR, "HTTP 500"},
    {"5.6", NONE_THERE, STATUS_INFO, "no containers"},
    {"5.6", NO_CONTAINERS, STATUS_ERROR, "timed out"},

    {"5.7", GOOD, STATUS_PASS, NULL},
    {"5.7", PROCESS("{'pid':218,'comm':'sshd'}"), STATUS_WARN, "sshd"},
    {"5.7", PROCESS("{'pid':218,'comm':'sleep'},{'pid':219,'comm':'dropbear'}"), STATUS_WARN, "dropbear"},
    {"5.7",
     "{" NO_SHELL ",'engine':{'top':{'" ID
     "':{'Titles':['PID','UID','COMMAND'],'Processes':[['1','0','sshd']]}}}}",
     STATUS_WARN, "/top"},
    {"5.7",
     "{" NO_SHELL ",'engine':{'top':{'" ID
     "':{'Titles':['PID','UID','COMMAND'],'Processes':[['1','0','nginx']]}}}}",
     STATUS_PASS, NULL},
    {"5.7", STOPPED, STATUS_INFO, "no container is running"},
    /* Between two starts nothing runs in it, as the list or as /top (409) has it. */
    {"5.7", "{'shell':null,'engine':{'containers':{'" ID "':{'State':{'Restarting':true}}}}}", STATUS_PASS,
     NULL},
    {"5.7", "{'shell':null,'engine':{'top':{'" ID "':{'not_running':true}}}}", STATUS_PASS, NULL},
    {"5.7", "{'shell':null,'engine':{'top':{'" ID "':{'Titles':['PID','CMD'],'Processes':[]}}}}", STATUS_PASS,
     NULL},
    {"5.7", "{'shell':null,'engine':{'top':{'" ID "':{'Processes':[]}}}}", STATUS_ERROR, NULL},
    {"5.7", "{'shell':null,'missing':{'shell':'none','top/" ID "':'HTTP 500'}}", STATUS_ERROR, "HTTP 500"},

#define PORTS(x) CONTAINER("{'NetworkSettings':{'Ports':{" x "}}}")
#define SERVICE(port)                                                                                        \
    "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}},'services':[{'ID':'s'," \
    "'Spec':{'Name':'front'},'Endpoint':{'Ports':[{'PublishedPort':" port "}]}}]}}"
    {"5.8", GOOD, STATUS_PASS, NULL},
    {"5.8", PORTS("'80/tcp':[{'HostIp':'0.0.0.0','HostPort':'80'}]"), STATUS_WARN, "port 80"},
    {"5.8", PORTS("'80/tcp':[{'HostIp':'0.0.0.0','HostPort':'8080'},{'HostIp':'::1','HostPort':'443'}]"),
     STATUS_WARN, "443"},
    {"5.8", PORTS("'80/tcp':[{'HostIp':'0.0.0.0','HostPort':'1024'}]"), STATUS_PASS, NULL},
    {"5.8", SERVICE("80"), STATUS_WARN, "front"},
    {"5.8", SERVICE("8080"), STATUS_PASS, NULL},
    {"5.8",
     "{'engine':{'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}}},'missing':{'services':"
     "'HTTP 503'}}",
     STATUS_ERROR, "HTTP 503"},
    {"5.8", HOST_CONFIG("{'NetworkMode':'host'}"), STATUS_INFO, "cannot tell"},
    {"5.8", STOPPED, STATUS_INFO, "no container is running"},
    {"5.8", NO_CONTAINERS, STATUS_ERROR, "timed out"},

    {"5.9", GOOD, STATUS_PASS, NULL},
    {"5.9", PORTS("'80/tcp':[{'HostIp':'::1','HostPort':'8080'}]"), STATUS_INFO, "8080"},
    {"5.9", SERVICE("8080"), STATUS_INFO, "front"},
    {"5.9", STOPPED, STATUS_INFO, "no container is running"},
    {"5.9", PORTS("'80/tcp':[{'HostIp':'::1'}]"), STATUS_ERROR, "port of 80/tcp"},

    {"5.10", GOOD, STATUS_PASS, NULL},
    {"5.10", HOST_CONFIG("{'NetworkMode':'host'}"), STATUS_WARN, "network"},
    {"5.10",
     "{'engine':{'containers':{'" ID
     "':{'HostConfig':{'NetworkMode':'container:bbbbbbbbbbbb'}},'bbbbbbbbbbbb':{'Id':'bbbbbbbbbbbb','Name':'/"
     "b','HostConfig':{'NetworkMode':'host'}}}}}",
     STATUS_WARN, "by way of"},
    {"5.10", NONE_THERE, STATUS_INFO, NULL},
    {"5.10", HOST_CONFIG("{'NetworkMode':null}"), STATUS_ERROR, "NetworkMode"},

    {"5.11", GOOD, STATUS_PASS, NULL},
    {"5.11", HOST_CONFIG("{'Memory':0}"), STATUS_WARN, "no memory limit"},
    {"5.11", INFO("{'MemoryLimit':false}"), STATUS_WARN, "not enforce"},
    {"5.11", NONE_THERE, STATUS_INFO, NULL},
    {"5.11", HOST_CONFIG("{'Memory':null}"), STATUS_ERROR, "Memory"},

    {"5.12", GOOD, STATUS_PASS, NULL},
    {"5.12", HOST_CONFIG("{'NanoCpus':0}"), STATUS_WARN, "no CPU limit"},
    {"5.12", HOST_CONFIG("{'NanoCpus':0,'CpuShares':1024}"), STATUS_WARN, NULL},
    {"5.12", HOST_CONFIG("{'NanoCpus':0,'CpuShares':512}"), STATUS_PASS, NULL},
    {"5.12", HOST_CONFIG("{'NanoCpus':0,'CpuQuota':50000}"), STATUS_PASS, NULL},
    {"5.12", HOST_CONFIG("{'NanoCpus':0,'CpusetCpus':'0'}"), STATUS_PASS, NULL},
    {"5.12", INFO("{'CpuCfsQuota':false}"), STATUS_WARN, "not enforce"},
    {"5.12", NONE_THERE, STATUS_INFO, NULL},
    {"5.12", HOST_CONFIG("{'NanoCpus':null,'CpuShares':null,'CpuQuota':null}"), STATUS_ERROR, NULL},

    {"5.13", GOOD, STATUS_PASS, NULL},
    {"5.13", HOST_CONFIG("{'ReadonlyRootfs':false}"), STATUS_WARN, "write"},
    {"5.13", NONE_THERE, STATUS_INFO, NULL},
    {"5.13", HOST_CONFIG("{'ReadonlyRootfs':null}"), STATUS_ERROR, NULL},

    {"5.14", GOOD, STATUS_PASS, NULL},
    {"5.14", PORTS("'80/tcp':[{'HostIp':'127.0.0.1','HostPort':'8080'}]"), STATUS_PASS, NULL},
    {"5.14", PORTS("'80/tcp':[{'HostIp':'::','HostPort':'8080'}]"), STATUS_WARN, "::"},
    {"5.14", PORTS("'80/tcp':[{'HostIp':'','HostPort':'8080'}]"), STATUS_WARN, "every address"},
    {"5.14", SERVICE("8080"), STATUS_WARN, "front"},
    {"5.14", STOPPED, STATUS_INFO, NULL},
    {"5.14", NO_CONTAINERS, STATUS_ERROR, NULL},

    {"5.15", GOOD, STATUS_PASS, NULL},
    {"5.15", HOST_CONFIG("{'RestartPolicy':{'Name':'always','MaximumRetryCount':0}}"), STATUS_WARN, "always"},
    {"5.15", HOST_CONFIG("{'RestartPolicy':{'Name':'unless-stopped','MaximumRetryCount':0}}"), STATUS_WARN,
     NULL},
    {"5.15", HOST_CONFIG("{'RestartPolicy':{'Name':'on-failure','MaximumRetryCount':0}}"), STATUS_WARN,
     "without end"},
    {"5.15", HOST_CONFIG("{'RestartPolicy':{'Name':'on-failure','MaximumRetryCount':6}}"), STATUS_WARN, "6"},
    {"5.15", HOST_CONFIG("{'RestartPolicy':{'Name':'no','MaximumRetryCount':0}}"), STATUS_PASS, NULL},
    {"5.15", CONTAINER("{'Config':{'Labels':{'com.docker.swarm.service.name':'front'}}}"), STATUS_INFO,
     "swarm"},
    {"5.15", TASK("null"), STATUS_WARN, "by the swarm without end"},
    {"5.15", TASK("{'Condition':'any','MaxAttempts':0}"), STATUS_WARN, "without end"},
    {"5.15", TASK("{'Condition':'on-failure','MaxAttempts':3}"), STATUS_PASS, NULL},
    {"5.15", TASK("{'Condition':'on-failure','MaxAttempts':9}"), STATUS_WARN, "9 times"},
    {"5.15", TASK("{'Condition':'none'}"), STATUS_PASS, NULL},
    {"5.15", HOST_CONFIG("{'RestartPolicy':null}"), STATUS_ERROR, NULL},

    {"5.16", GOOD, STATUS_PASS, NULL},
    {"5.16", HOST_CONFIG("{'PidMode':'host'}"), STATUS_WARN, "processes"},
    {"5.16", NONE_THERE, STATUS_INFO, NULL},
    {"5.16", HOST_CONFIG("{'PidMode':null}"), STATUS_ERROR, NULL},
    {"5.17", GOOD, STATUS_PASS, NULL},
    {"5.17", HOST_CONFIG("{'IpcMode':'host'}"), STATUS_WARN, "IPC"},
    {"5.17", NONE_THERE, STATUS_INFO, NULL},
    {"5.17", HOST_CONFIG("{'IpcMode':null}"), STATUS_ERROR, NULL},

    {"5.18", GOOD, STATUS_PASS, NULL},
    {"5.18", HOST_CONFIG("{'Devices':[{'PathOnHost':'/dev/sda','CgroupPermissions':'rwm'}]}"), STATUS_WARN,
     "/dev/sda (rwm)"},
    {"5.18", HOST_CONFIG("{'DeviceRequests':[{'Driver':'nvidia','Count':-1}]}"), STATUS_WARN, "nvidia"},
    {"5.18", HOST_CONFIG("{'DeviceCgroupRules':['c 1:3 rwm']}"), STATUS_WARN, "c 1:3 rwm"},
    {"5.18", HOST_CONFIG("{'Devices':null}"), STATUS_PASS, NULL}, /* from API 1.52 on, null means empty */
    {"5.18", NONE_THERE, STATUS_INFO, NULL},
    {"5.18", UNSEEN, STATUS_ERROR, NULL},

    {"5.19", GOOD, STATUS_PASS, NULL},
    {"5.19", HOST_CONFIG("{'Ulimits':[{'Name':'nofile','Soft':1024,'Hard':2048}]}"), STATUS_PASS,
     NULL}, /* the daemon's own default */
    {"5.19", HOST_CONFIG("{'Ulimits':[{'Name':'nofile','Soft':9,'Hard':9}]}"), STATUS_INFO, "nofile"},
    {"5.19", NONE_THERE, STATUS_INFO, "no containers"},
    {"5.19", UNSEEN, STATUS_ERROR, NULL},

    {"5.20", MOUNT("/srv", ",'Propagation':'rslave'"), STATUS_PASS, NULL},
    {"5.20", MOUNT("/srv", ",'Propagation':'rshared'"), STATUS_WARN, "rshared"},
    {"5.20", NONE_THERE, STATUS_INFO, NULL},
    {"5.20", UNSEEN, STATUS_ERROR, NULL},

    {"5.21", GOOD, STATUS_PASS, NULL},
    {"5.21", HOST_CONFIG("{'UTSMode':'host'}"), STATUS_WARN, "UTS"},
    {"5.21", NONE_THERE, STATUS_INFO, NULL},
    {"5.21", HOST_CONFIG("{'UTSMode':null}"), STATUS_ERROR, NULL},

    {"5.22", GOOD, STATUS_PASS, NULL},
    {"5.22", PROCESS("{'pid':218,'seccomp':0}"), STATUS_WARN, "without seccomp"},
    /* A container that is being started just now; one that only calls itself so. */
    {"5.22",
     "{'collected':'2026-11-23T22:52:16Z','shell':{'containers':{'" ID
     "':[{'pid':218,'comm':'runc:[2:INIT]','seccomp':0}]}}}",
     STATUS_PASS, NULL},
    {"5.22", PROCESS("{'pid':218,'comm':'runc:[2:INIT]','seccomp':0}"), STATUS_WARN, "without seccomp"},
    {"5.22",
     "{" NO_SHELL ",'engine':{'containers':{'" ID
     "':{'HostConfig':{'SecurityOpt':['seccomp:unconfined']}}}}}",
     STATUS_WARN, "unconfined"},
    {"5.22",
     "{" NO_SHELL ",'engine':{'containers':{'" ID
     "':{'HostConfig':{'SecurityOpt':['seccomp=unconfined','seccomp=/p.json']}}}}}",
     STATUS_PASS, NULL},
    {"5.22", "{" NO_SHELL ",'engine':{'containers':{'" ID "':{'HostConfig':{'Privileged':true}}}}}",
     STATUS_WARN, "privileged"},
    {"5.22", "{" NO_SHELL ",'engine':{'info':{'SecurityOptions':['name=seccomp,profile=unconfined']}}}",
     STATUS_WARN, "no seccomp profile"},
    {"5.22", NONE_THERE, STATUS_INFO, NULL},
    {"5.22", UNSEEN, STATUS_ERROR, NULL},

#define EXEC(x) "{'engine':{'execs':{'eeee':{'ID':'eeee','ContainerID':'" ID "','ProcessConfig':" x "}}}}"
    {"5.23", GOOD, STATUS_NOTE, "audit log"},
    {"5.23", EXEC("{'privileged':true,'user':''}"), STATUS_WARN, "vault"},
    {"5.23", STOPPED, STATUS_INFO, NULL},
    {"5.23", NO_CONTAINERS, STATUS_ERROR, NULL},
    {"5.24", GOOD, STATUS_NOTE, "audit log"},
    {"5.24", EXEC("{'privileged':false,'user':'0:5'}"), STATUS_WARN, "as root"},
    {"5.24", EXEC("{'privileged':false,'user':'00'}"), STATUS_WARN, "as root"},
    {"5.24", EXEC("{'privileged':false,'user':'app'}"), STATUS_NOTE, NULL},
    {"5.24", EXEC("{'privileged':false,'user':''}"), STATUS_INFO, "own user"},
    {"5.24", STOPPED, STATUS_INFO, NULL},
    {"5.24", NO_CONTAINERS, STATUS_ERROR, NULL},

    {"5.25", GOOD, STATUS_PASS, NULL},
    {"5.25", HOST_CONFIG("{'CgroupParent':'/x'}"), STATUS_INFO, "/x"},
    {"5.25", NONE_THERE, STATUS_INFO, NULL},
    {"5.25", HOST_CONFIG("{'CgroupParent':null}"), STATUS_ERROR, NULL},

    {"5.26", GOOD, STATUS_PASS, NULL},
    {"5.26", PROCESS("{'pid':218,'no_new_privs':0}"), STATUS_WARN, "not in force"},
    /* The daemon's default does not reach containers made before it. */
    {"5.26",
     "{'engine':{'containers':{'" ID "':{'HostConfig':{'SecurityOpt':[]}}}},'shell':{'containers':{'" ID
     "':[{'pid':218,'no_new_privs':0}]}}}",
     STATUS_WARN, NULL},
    {"5.26", CONTAINER("{'State':{'Running':false,'Status':'exited'},'HostConfig':{'SecurityOpt':[]}}"),
     STATUS_INFO, "created after"},
    {"5.26",
     "{" NO_SHELL ",'engine':{'containers':{'" ID
     "':{'HostConfig':{'SecurityOpt':['no-new-privileges:false']}}}}}",
     STATUS_WARN, "switches"},
    {"5.26",
     "{" NO_SHELL ",'engine':{'containers':{'" ID
     "':{'HostConfig':{'SecurityOpt':['no-new-privileges=true']}}}}}",
     STATUS_PASS, NULL},
    {"5.26", "{" NO_SHELL "}", STATUS_PASS, NULL},
    {"5.26",
     "{" NO_SHELL ",'engine':{'info':{'ServerVersion':'28.0.0'},'containers':{'" ID
     "':{'HostConfig':{'SecurityOpt':[]}}}}}",
     STATUS_WARN, "neither"},
    {"5.26", "{" NO_SHELL ",'engine':{'containers':{'" ID "':{'HostConfig':{'SecurityOpt':[]}}}}}",
     STATUS_ERROR, "default is not known"},
    {"5.26", NONE_THERE, STATUS_INFO, NULL},

    {"5.27", GOOD, STATUS_PASS, NULL},
    {"5.27", CONTAINER("{'State':{'Health':null},'Config':{'Healthcheck':null}}"), STATUS_WARN,
     "no health check"},
    {"5.27", CONTAINER("{'State':{'Health':null},'Config':{'Healthcheck':{'Test':['NONE']}}}"), STATUS_WARN,
     NULL},
    {"5.27", CONTAINER("{'State':{'Health':{'Status':'unhealthy'}}}"), STATUS_WARN, "unhealthy"},
    {"5.27", STOPPED, STATUS_INFO, NULL},
    {"5.27", UNSEEN, STATUS_ERROR, NULL},

    {"5.28", GOOD, STATUS_PASS, NULL},
    {"5.28", CONTAINER("{'Config':{'Image':'nginx'}}"), STATUS_INFO, "pushed last"},
    {"5.28", CONTAINER("{'Config':{'Image':'r:5000/nginx:latest'}}"), STATUS_INFO, "pushed last"},
    {"5.28", CONTAINER("{'Config':{'Image':'r:5000/nginx:1.25'}}"), STATUS_INFO, "can be moved"},
    /* An image's id, whole or begun; but not any word in hexadecimal. */
    {"5.28", CONTAINER("{'Config':{'Image':'5f3df64736d1'}}"), STATUS_PASS, NULL},
    {"5.28",
     CONTAINER("{'Config':{'Image':'5f3df64736d1e3174f090cab209ca321d81645f2ab3c98f2035bbd5da9f54bed'}}"),
     STATUS_PASS, NULL},
    {"5.28", CONTAINER("{'Config':{'Image':'5f3df64736d2'}}"), STATUS_INFO, "pushed last"},
    {"5.28", CONTAINER("{'Config':{'Image':'5f3'}}"), STATUS_INFO, "pushed last"},
    {"5.28", CONTAINER("{'Config':{'Image':''}}"), STATUS_INFO, NULL},
    {"5.28", NONE_THERE, STATUS_INFO, "no containers"},
    {"5.28", CONTAINER("{'Config':{'Image':null}}"), STATUS_ERROR, NULL},

    {"5.29", GOOD, STATUS_PASS, NULL},
    {"5.29", HOST_CONFIG("{'PidsLimit':-1}"), STATUS_WARN, NULL},
    {"5.29", HOST_CONFIG("{'PidsLimit':0}"), STATUS_WARN, NULL},
    {"5.29", HOST_CONFIG("{'PidsLimit':null}"), STATUS_WARN, "no limit"},
    {"5.29", INFO("{'PidsLimit':false}"), STATUS_WARN, "not enforce"},
    {"5.29", NONE_THERE, STATUS_INFO, NULL},
    {"5.29", UNSEEN, STATUS_ERROR, NULL},

    {"5.30", GOOD, STATUS_PASS, "bridge"},
    {"5.30", HOST_CONFIG("{'NetworkMode':'default'}"), STATUS_PASS,
     NULL}, /* as a swarm's task has it, on its own networks */
    {"5.30", CONTAINER("{'HostConfig':{'NetworkMode':'default'},'NetworkSettings':{'Networks':null}}"),
     STATUS_WARN, NULL},
    {"5.30", CONTAINER("{'NetworkSettings':{'Networks':{'apps':null,'bridge':{'NetworkID':''}}}}"),
     STATUS_WARN, NULL}, /* never started */
    {"5.30",
     CONTAINER("{'NetworkSettings':{'Networks':{'second':{'NetworkID':'"
               "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}}}}"),
     STATUS_WARN, NULL},
    {"5.30", NONE_THERE, STATUS_INFO, NULL},
    {"5.30", "{'engine':{'networks':null},'missing':{'networks':'HTTP 403'}}", STATUS_ERROR, "HTTP 403"},

    {"5.31", GOOD, STATUS_PASS, NULL},
    {"5.31", HOST_CONFIG("{'UsernsMode':'host'}"), STATUS_WARN, "opts out"},
    {"5.31",
     "{'engine':{'info':{'SecurityOptions':[]},'containers':{'" ID
     "':{'HostConfig':{'UsernsMode':'host'}}}}}",
     STATUS_WARN, "does not do it yet"},
    {"5.31", NONE_THERE, STATUS_INFO, NULL},
    {"5.31", UNSEEN, STATUS_ERROR, NULL},

    {"5.32", GOOD, STATUS_PASS, NULL},
    {"5.32", MOUNT("/run/docker.sock", ""), STATUS_WARN, "docker.sock"},
    {"5.32",
     CONTAINER("{'Mounts':[{'Type':'bind','Source':'/var/run/docker.sock','Destination':'/d','RW':false}]}"),
     STATUS_WARN, NULL},
    {"5.32", MOUNT("/var/run", ""), STATUS_WARN, "holds"},
    {"5.32", MOUNT("/", ""), STATUS_WARN, NULL},
    {"5.32", MOUNT("/run/user/1000/docker.sock", ""), STATUS_WARN, NULL},
    {"5.32", MOUNT("/run/podman/podman.sock", ""), STATUS_WARN, NULL},
    {"5.32", MOUNT("/srv/docker.sock.d", ""), STATUS_PASS, NULL},
    {"5.32",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'arguments_seen':true,'settings':{'host':['unix://"
     "/srv/d/"
     "engine.sock']}}]},'engine':{'containers':{'" ID
     "':{'Mounts':[{'Type':'bind','Source':'/srv/d','Destination':'/x','RW':true}]}}}}",
     STATUS_WARN, "engine.sock"},
    {"5.32", NONE_THERE, STATUS_INFO, NULL},
    {"5.32", UNSEEN, STATUS_ERROR, NULL},

    /* --- section 1 --- */
    {"1.1.1", GOOD, STATUS_PASS, "8:2"},
    {"1.1.1", MOUNTS("{'device':'8:1','type':'ext4','point':'/'}"), STATUS_WARN, "root file system"},
    /* A bind mount of the root file system is not a file system of its own. */
    {"1.1.1", MOUNTS("{'device':'8:1','point':'/'},{'device':'8:1','point':'/var/lib/docker'}"), STATUS_WARN,
     "own device"},
    /* By components: /var/lib/docker-old is another folder. */
    {"1.1.1", MOUNTS("{'device':'8:1','point':'/'},{'device':'8:2','point':'/var/lib/docker-old'}"),
     STATUS_WARN, "root file system"},
    {"1.1.1",
     "{'shell':{'mounts':[{'device':'8:1','point':'/'},{'device':'8:3','point':'/srv'}]},"
     "'engine':{'info':{'DockerRootDir':'/srv/docker/100000.100000'}}}",
     STATUS_PASS, "/srv"},
    {"1.1.1",
     INFO("{'DriverStatus':[['driver-type','io.containerd.snapshotter.v1']],'Containerd':{'Address':'/run/"
          "containerd/containerd.sock'}}"),
     STATUS_WARN, "/var/lib/containerd"},
    /* A containerd that dockerd started for itself is below the data root. */
    {"1.1.1",
     INFO(
         "{'DriverStatus':[['driver-type','io.containerd.snapshotter.v1']],'Containerd':{'Address':'/var/run/"
         "docker/containerd/containerd.sock'}}"),
     STATUS_PASS, NULL},
    {"1.1.1", "{" NO_SHELL "}", STATUS_ERROR, "mount table"},

    {"1.1.2", GOOD, STATUS_PASS, "gid"},
    {"1.1.2",
     ACCOUNTS("{'gid':105,'name':'docker','members':['bob','eve']}", "{'uid':0,'gid':0,'name':'root'}"),
     STATUS_INFO, "eve"},
    /* Substrings do not count, and every offender is named. */
    {"1.1.2",
     "{'host':{'policy':{'trusted_users':['bobby']}},'shell':{'accounts':{'groups':[{'gid':105,'name':'"
     "docker',"
     "'members':['bob','bobby']}]}}}",
     STATUS_WARN, "\"bob\""},
    {"1.1.2",
     "{'host':{'policy':{'trusted_users':['bob']}},'shell':{'accounts':{'groups':[{'gid':105,'name':'docker',"
     "'members':['bob','eve','mallory']}]}}}",
     STATUS_WARN, "eve"},
    {"1.1.2",
     "{'host':{'policy':{'trusted_users':['bob']}},'shell':{'accounts':{'groups':[{'gid':105,'name':'docker',"
     "'members':['bob']}]}}}",
     STATUS_PASS, "is trusted"},
    {"1.1.2", ACCOUNTS("{'gid':105,'name':'docker','members':[]}", "{'uid':1000,'gid':105,'name':'carol'}"),
     STATUS_INFO, "primary group"},
    {"1.1.2", ACCOUNTS("{'gid':105,'name':'docker','members':[]}", "{'uid':0,'gid':7,'name':'toor'}"),
     STATUS_INFO, "toor"},
    {"1.1.2", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},

    AUDIT_CASES("1.1.3", "/usr/sbin/dockerd"),
    AUDIT_CASES("1.1.4", "/run/containerd"),
    AUDIT_CASES("1.1.5", "/var/lib/docker"),
    AUDIT_CASES("1.1.6", "/etc/docker"),
    AUDIT_CASES("1.1.7", "/lib/systemd/system/docker.service"),
    AUDIT_CASES("1.1.8", "/run/docker/containerd/containerd.sock"),
    AUDIT_CASES("1.1.9", "/run/docker.sock"),
    AUDIT_CASES("1.1.10", "/etc/default/docker"),
    AUDIT_CASES("1.1.11", "/etc/docker/daemon.json"),
    AUDIT_CASES("1.1.12", "/etc/containerd/config.toml"),
    AUDIT_CASES("1.1.13", "/etc/sysconfig/docker"),
    AUDIT_CASES("1.1.14", "/usr/bin/containerd"),
    AUDIT_CASES("1.1.15", "/usr/bin/containerd-shim"),
    AUDIT_CASES("1.1.16", "/usr/bin/containerd-shim-runc-v1"),
    AUDIT_CASES("1.1.17", "/usr/bin/containerd-shim-runc-v2"),
    AUDIT_CASES("1.1.18", "/usr/sbin/runc"),
    /* What does not exist need not be watched. */
    {"1.1.4", "{'shell':{'files':{'/run/containerd':{'state':'absent'}}}}", STATUS_INFO, "does not exist"},
    {"1.1.13", "{'shell':{'files':{'/etc/sysconfig/docker':{'state':'absent'}}}}", STATUS_INFO,
     "does not exist"},
    {"1.1.15", "{'shell':{'programs':{'containerd-shim':null}}}", STATUS_INFO, "no program"},
    /* A rule for a longer name, for the parent, for another spelling of the path. */
    {"1.1.14", AUDIT("'-w /usr/bin/containerd-shim -p wa'"), STATUS_WARN, "no audit rule"},
    {"1.1.4", AUDIT("'-w /run/containerd/containerd.sock -p wa'"), STATUS_WARN, "no audit rule"},
    {"1.1.6", AUDIT("'-w /etc/docker/daemon.json -p wa'"), STATUS_WARN, "no audit rule"},
    {"1.1.6", AUDIT("'-w /etc -p wa'"), STATUS_PASS, "/etc"},
    {"1.1.9", AUDIT("'-w /var/run/docker.sock -p wa'"), STATUS_PASS, NULL},
    {"1.1.14", AUDIT("'-w /bin/containerd -p wa'"), STATUS_PASS, NULL},
    {"1.1.11", AUDIT("'-a always,exit -F path=/etc/docker/daemon.json -F perm=wa -F key=docker'"),
     STATUS_PASS, NULL},
    {"1.1.6", AUDIT("'-a exit,always -S all -F dir=/etc/docker -F perm=rwa'"), STATUS_PASS, NULL},
    {"1.1.6", AUDIT("'-a always,exit -F path=/etc/docker -F perm=wa'"), STATUS_WARN, "misses"},
    {"1.1.6", AUDIT("'-w /etc/docker -p x'"), STATUS_WARN, "misses"},
    {"1.1.6", AUDIT("'-a always,exit -F dir=/etc/docker -F perm=wa -F auid>=1000'"), STATUS_WARN,
     "some users"},
    {"1.1.5", AUDIT("'-a never,exit -F dir=/var/lib/docker','-w /var/lib/docker -p wa'"), STATUS_WARN,
     "excludes"},
    {"1.1.5", AUDIT("'-a never,exit -F dir=/var/lib/docker/overlay2','-w /var/lib/docker -p wa'"),
     STATUS_PASS, NULL},
    {"1.1.5", "{'engine':{'info':{'DockerRootDir':'/srv/docker'}}}", STATUS_WARN, "/srv/docker"},
    {"1.1.7", AUDIT("'-w /usr/lib/systemd/system/docker.service -p wa'"), STATUS_WARN, "limits.conf"},
    {"1.1.6", "{'shell':{'audit':{'enabled':0}}}", STATUS_WARN, "switched off"},
    /* Refused by auditctl: the files answer, and say that they only configure. */
    {"1.1.6",
     "{'shell':{'audit':{'status':1,'said':'You must be root','loaded':null,"
     "'files':{'/etc/audit/rules.d/d.rules':['-w /etc/docker -p wa']}}}}",
     STATUS_PASS, "configured by rule files"},
    {"1.1.6", "{'shell':{'audit':{'status':1,'said':'You must be root','loaded':null}}}", STATUS_ERROR,
     "You must be root"},
    {"1.1.6", "{'shell':{'audit':{'status':1,'said':'no','loaded':null,'denied':['/etc/audit/rules.d']}}}",
     STATUS_ERROR, "may not be read"},
    {"1.1.6", "{'shell':{'audit':{'status':null,'loaded':null}}}", STATUS_WARN, "by the rule files"},
    {"1.1.8", INFO("{'Containerd':{'Address':'/srv/c.sock'}}"), STATUS_WARN, "/srv/c.sock"},
    {"1.1.18", INFO("{'Runtimes':{'crun':{'path':'/opt/crun'}}}"), STATUS_WARN, "/opt/crun"},
    {"1.1.3",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'exe':'/opt/"
     "dockerd','arguments_seen':true,'settings':{}}]}}",
     STATUS_WARN, "/opt/dockerd"},
    {"1.1.3", "{'shell':{'audit':{'enabled':null}}}", STATUS_ERROR, "auditctl -s"},
    {"1.1.12", "{'shell':{'audit':{'loaded':[]},'files':{'/etc/containerd/config.toml':{'state':'denied'}}}}",
     STATUS_ERROR, "whether it exists"},
    {"1.1.10",
     "{'shell':{'units':{'docker.service':{'EnvironmentFiles':'/etc/default/extra (ignore_errors=no)'}}}}",
     STATUS_WARN, "/etc/default/extra"},

    {"1.2.1", GOOD, STATUS_NOTE, "bookworm"},
    {"1.2.1", "{'shell':{'reboot_required':true}}", STATUS_NOTE, "reboot"},
    {"1.2.1", "{" NO_SHELL ",'engine':{'info':{'OperatingSystem':'Alpine'}}}", STATUS_NOTE, "Alpine"},
    {"1.2.1", "{'shell':null,'engine':{'info':null},'missing':{'info':'HTTP 500'}}", STATUS_ERROR,
     "HTTP 500"},

    {"1.2.2", GOOD, STATUS_INFO, "distribution"},
    {"1.2.2", INFO("{'ServerVersion':'29.1.0'}"), STATUS_INFO, "29.1.0"},
    {"1.2.2", INFO("{'ServerVersion':'19.03.15'}"), STATUS_WARN, "2021-01-08"},
    {"1.2.2", INFO("{'ServerVersion':'20.10.24'}"), STATUS_WARN, "2023-12-10"},
    {"1.2.2", "{'host':{'policy':{'min_engine':'27.3'}},'engine':{'info':{'ServerVersion':'27.2.1'}}}",
     STATUS_WARN, "older than 27.3"},
    {"1.2.2", "{'host':{'policy':{'min_engine':'9.0'}},'engine':{'info':{'ServerVersion':'29.2.1'}}}",
     STATUS_PASS, NULL},
    {"1.2.2", INFO("{'ServerVersion':'27.5.1'}"), STATUS_WARN, "2025-05-03"},
    {"1.2.2", INFO("{'ServerVersion':'26.1.5'}"), STATUS_WARN, "2025-02-17"},
    {"1.2.2", INFO("{'ServerVersion':'26.1.5+dfsg1'}"), STATUS_INFO, "lasts until 2028-06-30"},
    {"1.2.2", INFO("{'ServerVersion':'28.5.2'}"), STATUS_INFO, "compare with the current release"},
    /* Before its day nothing has ended; a distribution's support ends too; a table grows old. */
    {"1.2.2", "{'collected':'2025-01-01T00:00:00Z','engine':{'info':{'ServerVersion':'27.5.1'}}}",
     STATUS_INFO, NULL},
    {"1.2.2", "{'shell':{'os':{'VERSION_ID':'10'}}}", STATUS_WARN, "support ended on 2024-06-30"},
    {"1.2.2", "{'shell':{'os':{'ID':'nosuch'}}}", STATUS_INFO, "security support decides"},
    {"1.2.2", "{'collected':'2027-04-23T00:00:00Z'}", STATUS_INFO, NULL},
    {"1.2.2", "{'collected':'2027-05-23T00:00:00Z'}", STATUS_INFO, "more than a year old"},
    {"1.2.1", "{'shell':{'os':{'VERSION_ID':'10'}}}", STATUS_NOTE, "ended on 2024-06-30"},
    {"1.2.2", INFO("{'ServerVersion':null}"), STATUS_ERROR, "version"},

    /* --- section 3 --- */
    FILE_CASES("3.1", "3.2", "/lib/systemd/system/docker.service", "0664"),
    FILE_CASES("3.3", "3.4", "/lib/systemd/system/docker.socket", "0646"),
    FILE_CASES("3.5", "3.6", "/etc/docker", "0733"),
    FILE_CASES("3.7", "3.8", "/etc/docker/certs.d/registry.example/ca.crt", "0644"),
    FILE_CASES("3.9", "3.10", "/etc/docker/tls/ca.pem", "0644"),
    FILE_CASES("3.11", "3.12", "/etc/docker/tls/server.pem", "0464"),
    FILE_CASES("3.13", "3.14", "/etc/docker/tls/server-key.pem", "0600"),
    FILE_CASES("3.15", "3.16", "/run/docker.sock", "0646"),
    FILE_CASES("3.17", "3.18", "/etc/docker/daemon.json", "0622"),
    FILE_CASES("3.19", "3.20", "/etc/default/docker", "0645"),
    FILE_CASES("3.22", "3.21", "/etc/sysconfig/docker", "0654"),
    FILE_CASES("3.23", "3.24", "/run/docker/containerd/containerd.sock", "0661"),
    /* Bits, not numbers: 0600 and 0000 are stricter than 0644, and setuid counts. */
    {"3.2", FILE("/lib/systemd/system/docker.service", "{'mode':'0600'}"), STATUS_PASS, NULL},
    {"3.2", FILE("/lib/systemd/system/docker.service", "{'mode':'4644'}"), STATUS_WARN, "4644"},
    {"3.6", FILE("/etc/docker", "{'mode':'2755'}"), STATUS_PASS, NULL},
    {"3.14", FILE("/etc/docker/tls/server-key.pem", "{'mode':'0000'}"), STATUS_PASS, NULL},
    {"3.2", FILE("/etc/systemd/system/docker.service.d/limits.conf", "{'mode':'0666'}"), STATUS_WARN,
     "limits.conf"},
    {"3.2", FILE("/lib/systemd/system/docker.service", "{'target':'/nix/store/docker.service'}"), STATUS_PASS,
     "/nix/store"},
    {"3.5", FILE("/etc/docker", "{'gid':1000}"), STATUS_WARN, "0:1000"},
    {"3.8", FILE("/etc/docker/certs.d/registry.example/client.key", "{'mode':'0444'}"), STATUS_WARN,
     "client.key"},
    {"3.7", "{'shell':{'files':{'/etc/docker/certs.d':{'state':'denied'}}}}", STATUS_ERROR,
     "may not be read"},
    {"3.15", FILE("/run/docker.sock", "{'gid':0}"), STATUS_PASS, NULL}, /* stricter than root:docker */
    {"3.15", FILE("/run/docker.sock", "{'gid':1000}"), STATUS_WARN, "0:1000"},
    {"3.15",
     "{'shell':{'configs':{'/etc/docker/daemon.json':{'settings':{'group':'ops'}}},'accounts':{'groups':"
     "[{'gid':105,'name':'ops'}]}}}",
     STATUS_PASS, NULL},
    {"3.16", DAEMON_JSON("{'host':['unix:///run/docker.sock','unix:///srv/d.sock']}"), STATUS_ERROR,
     "/srv/d.sock"},
    {"3.9", DAEMON_JSON("{'host':['unix:///run/docker.sock']}"), STATUS_INFO, "no TCP listener"},
    {"3.9", DAEMON_JSON("{'tls':false,'tlsverify':false}"), STATUS_INFO, "no TLS"},
    {"3.10",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'arguments_seen':true,'environment':{'DOCKER_CERT_"
     "PATH':'/srv/tls'},"
     "'settings':{}}],'configs':{'/etc/docker/daemon.json':{'settings':{'tlscacert':null}}},"
     "'files':{'/srv/tls/ca.pem':{'state':'present','mode':'0777','uid':0,'gid':0}}}}",
     STATUS_WARN, "/srv/tls/ca.pem"},
    {"3.17", ARGUMENTS("{'config-file':['/srv/d.json']}"), STATUS_ERROR, "/srv/d.json"},
    {"3.24", INFO("{'Containerd':{'Address':'/run/containerd/containerd.sock'}}"), STATUS_INFO,
     "does not exist"},

    /* --- section 4 --- */
    {"4.1", GOOD, STATUS_PASS, "containers examined"},
    {"4.1", ROOT("'root'"), STATUS_WARN, "root"},
    {"4.1", ROOT("''"), STATUS_WARN, NULL},
    {"4.1", ROOT("'0'"), STATUS_WARN, NULL},
    {"4.1", ROOT("'00'"), STATUS_WARN, NULL},
    {"4.1", ROOT("'0:0'"), STATUS_WARN, NULL},
    {"4.1", ROOT("'root:x'"), STATUS_WARN, NULL},
    {"4.1", ROOT("'1000:0'"), STATUS_PASS, NULL},
    {"4.1", ROOT("'10'"), STATUS_PASS, NULL},
    /* The process decides: an entrypoint that dropped its rights, and a user that is root after all. */
    {"4.1",
     "{'engine':{'info':{'SecurityOptions':['name=seccomp']},'containers':{'" ID
     "':{'Config':{'User':''}}}},'shell':{'containers':{'" ID "':[{'pid':218,'uid':999}]}}}",
     STATUS_PASS, "uid 999"},
    {"4.1",
     "{'engine':{'info':{'SecurityOptions':['name=seccomp']}},'shell':{'containers':{'" ID
     "':[{'pid':218,'uid':0}]}}}",
     STATUS_WARN, "although"},
    {"4.1",
     "{" NO_SHELL ",'engine':{'info':{'SecurityOptions':['name=seccomp']},'top':{'" ID
     "':{'Titles':['PID','UID','COMMAND'],'Processes':[['9','0','app']]}}}}",
     STATUS_WARN, "uid 0"},
    {"4.1", CONTAINER("{'Config':{'User':'root'}}"), STATUS_INFO, "user namespace"},
    {"4.1", NONE_THERE, STATUS_INFO, "no containers"},
    {"4.1", UNSEEN, STATUS_ERROR, "HTTP 500"},
    {"4.1", NO_CONTAINERS, STATUS_ERROR, "timed out"},

    {"4.2", GOOD, STATUS_NOTE, "registry.example"},
    {"4.2", "{'host':{'policy':{'trusted_registries':['registry.example']}}}", STATUS_PASS, NULL},
    {"4.2", "{'host':{'policy':{'trusted_registries':['docker.io']}}}", STATUS_WARN,
     "registry.example/app:1"},
    /* A registry whose name begins with a trusted one's is another. */
    {"4.2", "{'host':{'policy':{'trusted_registries':['registry.ex']}}}", STATUS_WARN, NULL},
    {"4.2", "{'host':{'policy':{'trusted_registries':['registry.example/ap']}}}", STATUS_WARN, NULL},
    {"4.2",
     "{'host':{'policy':{'trusted_registries':['docker.io']}},'engine':{'images':[{'Id':'sha256:ab',"
     "'RepoTags':['alpine:3']}]}}",
     STATUS_PASS, NULL},
    NO_IMAGE_CASES("4.2"),

    {"4.3", GOOD, STATUS_NOTE, "packages"},
    NO_IMAGE_CASES("4.3"),
    {"4.4", GOOD, STATUS_NOTE, "oldest"},
    NO_IMAGE_CASES("4.4"),
    {"4.5", GOOD, STATUS_NOTE, "2026-12-08"},
    NO_IMAGE_CASES("4.5"),
    {"4.8", GOOD, STATUS_NOTE, NULL},
    NO_IMAGE_CASES("4.8"),
    {"4.12", GOOD, STATUS_NOTE, NULL},
    NO_IMAGE_CASES("4.12"),

    {"4.6", GOOD, STATUS_PASS, NULL},
    {"4.6", IMAGE("{'Config':{'Healthcheck':{'Test':['NONE']}}}"), STATUS_WARN, "switched off"},
    {"4.6", IMAGE("{'Config':{'Healthcheck':null}}"), STATUS_WARN, "no health check"},
    {"4.6",
     "{'engine':{'images':[{'Id':'sha256:ab','RepoTags':null}],'image_inspects':{'sha256:ab':{'Config':{}}}}"
     "}",
     STATUS_INFO, "ab (no tag)"},
    {"4.6", IMAGE_GONE("image_inspects"), STATUS_ERROR, "HTTP 500"},
    {"4.6",
     "{'engine':{'containers':{'" ID "':null},'image_inspects':{'" IMAGE_ID
     "':{'Config':{'Healthcheck':null}}}},'missing':{'containers/" ID "':'HTTP 500'}}",
     STATUS_ERROR, "whether a container uses it is not known"},
    NO_IMAGE_CASES("4.6"),
    {"4.7", GOOD, STATUS_PASS, NULL},
    {"4.7", HISTORY("{'instruction':'RUN'},{'instruction':'RUN','update_alone':'apt-get'}"), STATUS_WARN,
     "step 1"},
    {"4.7", IMAGE_GONE("image_history"), STATUS_ERROR, "HTTP 500"},
    NO_IMAGE_CASES("4.7"),
    {"4.9", GOOD, STATUS_PASS, NULL},
    {"4.9", HISTORY("{'instruction':'ADD'},{'instruction':'ADD','base':true}"), STATUS_WARN, "step 2"},
    /* An ADD to / above the base image's own. */
    {"4.9",
     HISTORY("{'instruction':'ADD','base':true,'size':5},{'instruction':'CMD','size':0},{'instruction':'ADD',"
             "'base':true,'size':9}"),
     STATUS_WARN, "step 3"},
    {"4.9",
     HISTORY("{'instruction':'CMD','size':0},{'instruction':'ADD','base':true,'size':9},{'instruction':'ARG',"
             "'size':0}"),
     STATUS_PASS, NULL},
    {"4.9", HISTORY("{'instruction':'ADD','base':true},{'instruction':'ADD','base':true}"), STATUS_WARN,
     "step 2"},
    {"4.9", IMAGE_GONE("image_history"), STATUS_ERROR, "HTTP 500"},
    NO_IMAGE_CASES("4.9"),
    {"4.10", GOOD, STATUS_PASS, NULL},
    {"4.10", IMAGE("{'Config':{'SecretEnv':['DB_PASSWORD']}}"), STATUS_WARN, "DB_PASSWORD"},
    {"4.10", HISTORY("{'instruction':'RUN','secrets':['TOKEN']}"), STATUS_WARN, "TOKEN"},
    {"4.10", IMAGE_GONE("image_history"), STATUS_ERROR, "HTTP 500"},
    NO_IMAGE_CASES("4.10"),
    {"4.11", GOOD, STATUS_NOTE, NULL},
    {"4.11", HISTORY("{'instruction':'RUN','unverified':'--nogpgcheck'}"), STATUS_WARN, "--nogpgcheck"},
    {"4.11", IMAGE_GONE("image_history"), STATUS_ERROR, "HTTP 500"},
    NO_IMAGE_CASES("4.11"),

    /* --- section 6 --- */
    {"6.1", GOOD, STATUS_PASS, NULL},
    {"6.1", "{'engine':{'images':[{'Id':'sha256:ab','RepoTags':null,'Size':5000000}]}}", STATUS_INFO, "5 MB"},
    {"6.1", NO_CONTAINERS, STATUS_ERROR, "timed out"},
    {"6.1", UNSEEN, STATUS_ERROR, "not all containers could be inspected"},
    NO_IMAGE_CASES("6.1"),
    {"6.2", GOOD, STATUS_PASS, NULL},
    {"6.2", STOPPED, STATUS_INFO, "1 of 1"},
    {"6.2", NONE_THERE, STATUS_INFO, "no containers"},
    {"6.2", NO_CONTAINERS, STATUS_ERROR, "timed out"},

    /* --- section 7 --- */
    {"7.1", SWARM("'Managers':3"), STATUS_PASS, "Managers"},
    {"7.1", SWARM("'Managers':1"), STATUS_PASS, "loses the swarm"},
    {"7.1", SWARM("'Managers':2"), STATUS_WARN, "even"},
    {"7.1", SWARM("'Managers':9"), STATUS_WARN, "more than 7"},
    {"7.1", SWARM("'Managers':null"), STATUS_ERROR, "how many"},
    {"7.1", INFO("{'Swarm':{'LocalNodeState':'active','ControlAvailable':false}}"), STATUS_INFO, "worker"},
    {"7.1", INFO("{'Swarm':{'LocalNodeState':'locked'}}"), STATUS_ERROR, "locked"},
    {"7.1", INFO("{'Swarm':null}"), STATUS_ERROR, "LocalNodeState"},
    NO_SWARM_CASES("7.1"),
    {"7.2", SWARM("'Managers':1"), STATUS_PASS, "10.0.0.5"},
    {"7.2", SWARM_HOST("'ListenAddr':'0.0.0.0:2377'"), STATUS_WARN, "every interface"},
    {"7.2", SWARM_HOST("'state':'denied'"), STATUS_ERROR, "only root"},
    NO_SWARM_CASES("7.2"),
    {"7.3", SWARM_NETWORKS("{'Name':'safe','Driver':'overlay','Options':{'encrypted':''}}"), STATUS_PASS,
     NULL},
    /* The key alone encrypts. */
    {"7.3", SWARM_NETWORKS("{'Name':'safe','Driver':'overlay','Options':{'encrypted':'false'}}"), STATUS_PASS,
     NULL},
    {"7.3", SWARM_NETWORKS("{'Name':'plain','Driver':'overlay','Options':{}}"), STATUS_WARN, "plain"},
    {"7.3", SWARM_NETWORKS("{'Name':'ingress','Driver':'overlay','Ingress':true}"), STATUS_WARN,
     "routing mesh"},
    NO_SWARM_CASES("7.3"),
    {"7.4", SWARM_SERVICES("'Secrets':[{'SecretName':'s'}]"), STATUS_PASS, NULL},
    {"7.4", SWARM_SERVICES("'SecretEnv':['API_TOKEN']"), STATUS_WARN, "API_TOKEN"},
    {"7.4", "{'engine':{'services':[],'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}}}}",
     STATUS_INFO, "no services"},
    {"7.4",
     "{'engine':{'services':null,'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}}},"
     "'missing':{'services':'HTTP 503'}}",
     STATUS_ERROR, "HTTP 503"},
    NO_SWARM_CASES("7.4"),
    {"7.5", SWARM("'Cluster':{'Spec':{'EncryptionConfig':{'AutoLockManagers':true}}}"), STATUS_PASS, NULL},
    {"7.5", SWARM("'Cluster':{'Spec':{'EncryptionConfig':{'AutoLockManagers':false}}}"), STATUS_WARN,
     "unlock key"},
    {"7.5", SWARM("'Managers':1"), STATUS_ERROR, "does not say"},
    NO_SWARM_CASES("7.5"),
    {"7.6", SWARM("'Cluster':{'Spec':{'EncryptionConfig':{'AutoLockManagers':true}}}"), STATUS_NOTE, NULL},
    {"7.6", SWARM("'Cluster':{'Spec':{'EncryptionConfig':{'AutoLockManagers':false}}}"), STATUS_INFO,
     "no key"},
    NO_SWARM_CASES("7.6"),
    {"7.7", SWARM("'Cluster':{'Spec':{'CAConfig':{'NodeCertExpiry':7776000000000000}}}"), STATUS_PASS, NULL},
    {"7.7", SWARM("'Cluster':{'Spec':{'CAConfig':{'NodeCertExpiry':3600000000000}}}"), STATUS_PASS, NULL},
    {"7.7", SWARM("'Cluster':{'Spec':{'CAConfig':{'NodeCertExpiry':31536000000000000}}}"), STATUS_WARN,
     "8760 hours"},
    {"7.7", SWARM("'Managers':1"), STATUS_ERROR, "how long"},
    NO_SWARM_CASES("7.7"),
    {"7.8",
     SWARM("'Cluster':{'TLSInfo':{'not_before':'2026-01-01T00:00:00Z','not_after':'2046-01-01T00:00:00Z'}}"),
     STATUS_NOTE, "2046-01-01"},
    {"7.8", SWARM("'Managers':1"), STATUS_ERROR, "CA certificate"},
    NO_SWARM_CASES("7.8"),
    {"7.9", SWARM("'Managers':1"), STATUS_PASS, "DataPathAddr"},
    {"7.9", SWARM_HOST("'DataPathAddr':''"), STATUS_WARN, "shares"},
    {"7.9", SWARM_HOST("'DataPathAddr':'10.0.0.5'"), STATUS_WARN, "is the advertise"},
    {"7.9", SWARM_HOST("'DataPathAddr':'10.0.0.9','AdvertiseAddr':'','LocalAddr':'10.0.0.9'"), STATUS_WARN,
     "is the advertise"},
    {"7.9", SWARM_HOST("'DataPathAddr':'10.0.0.9','AdvertiseAddr':'','LocalAddr':''"), STATUS_ERROR,
     "advertises"},
    {"7.9", SWARM_HOST("'state':'absent'"), STATUS_ERROR, "not there"},
    NO_SWARM_CASES("7.9"),

    /* --- beyond the benchmark --- */
    CAPABILITY_CASES("X.1", "DAC_READ_SEARCH"),
    CAPABILITY_CASES("X.2", "SYS_MODULE"),
    CAPABILITY_CASES("X.3", "SYS_ADMIN"),
    CAPABILITY_CASES("X.4", "SYS_PTRACE"),
    {"X.5", GOOD, STATUS_PASS, "containers compared"},
    {"X.5", DRIFT("'written':3"), STATUS_INFO, "3 files"},
    {"X.5", DRIFT("'written':1,'telling':[{'path':'/usr/bin/x','why':'program'}]"), STATUS_WARN,
     "/usr/bin/x"},
    {"X.5",
     "{'shell':{'layers':null},'engine':{'changes':{'" ID "':{'written':0,'deleted':1,'telling':[]}}}}",
     STATUS_INFO, "1 deleted"},
    {"X.5", "{'shell':{'layers':null},'missing':{'changes':'more than 20'}}", STATUS_ERROR, "more than 20"},
    {"X.5", "{'engine':{'containers':{'" ID "':{'HostConfig':{'ReadonlyRootfs':false}}}}}", STATUS_PASS,
     "--read-only"},
    {"X.6", GOOD, STATUS_PASS, NULL},
    {"X.6", CONTAINER("{'Config':{'SecretEnv':['DB_PASSWORD']}}"), STATUS_WARN, "DB_PASSWORD"},
    {"X.6", NONE_THERE, STATUS_INFO, "no containers"},
    {"X.6", NO_CONTAINERS, STATUS_ERROR, "timed out"},
    {"X.7", GOOD, STATUS_PASS, NULL},
    {"X.7", CONTAINER("{'RestartCount':7}"), STATUS_WARN, "7 times"},
    {"X.7", CONTAINER("{'State':{'Health':{'Status':'unhealthy'}}}"), STATUS_WARN, "unhealthy"},
    /* Engines call a container unhealthy when it stops. */
    {"X.7", CONTAINER("{'State':{'Running':false,'Status':'exited','Health':{'Status':'unhealthy'}}}"),
     STATUS_PASS, NULL},
    {"X.7", CONTAINER("{'State':{'Restarting':true,'Health':{'Status':'unhealthy'}}}"), STATUS_WARN,
     "restarting"},
    {"X.7", NO_CONTAINERS, STATUS_ERROR, "timed out"},
    {"X.8", GOOD, STATUS_INFO, "not asked"},
    {"X.8", "{'session':{'plain_2375':'closed'}}", STATUS_PASS, "closed"},
    {"X.8", "{'session':{'plain_2375':'open'}}", STATUS_WARN, "2375"},
    {"X.8", "{'session':{'transport':'tcp'}}", STATUS_WARN, "without TLS"},
    {"X.8", "{'session':null}", STATUS_ERROR, "not reached"},
    {"X.9", GOOD, STATUS_PASS, "certificate"},
    {"X.9", "{'session':{'certificate':{'not_after':'2026-12-01T00:00:00Z'}}}", STATUS_WARN, "8 days"},
    {"X.9", "{'session':{'certificate':{'not_after':'2026-11-01T00:00:00Z'}}}", STATUS_WARN, "ended on"},
    {"X.9", "{'session':{'certificate':{'key':'rsaEncryption','bits':1024}}}", STATUS_WARN, "1024"},
    {"X.9", "{'session':{'certificate':{'signature':'sha1WithRSAEncryption'}}}", STATUS_WARN, "sha1"},
    {"X.9", "{'session':{'transport':'ssh'}}", STATUS_INFO, "not reached over TLS"},
    {"X.9", "{'session':{'certificate':null}}", STATUS_ERROR, "not seen"},
    {"X.10", GOOD, STATUS_PASS, "ed25519"},
    {"X.10", "{'session':{'host_key':{'type':'ssh-dss'}}}", STATUS_WARN, "DSA"},
    {"X.10", "{'session':{'host_key':{'type':'ssh-rsa','bits':1024}}}", STATUS_WARN, "1024"},
    {"X.10", "{'session':{'host_key':null},'host':{'target':{'engine':'tcp://h','shell':null}}}", STATUS_INFO,
     "not come over ssh"},
    {"X.10", "{'session':null}", STATUS_ERROR, "not reached"},
    {"X.10",
     "{'session':{'host_key':null},'host':{'target':{'shell':'ssh://"
     "root@h'}},'shell':null,'missing':{'shell':"
     "'the shell could not be reached (connect): reset'}}",
     STATUS_ERROR, "could not be reached"},
    {"X.11", GOOD, STATUS_PASS, NULL},
    {"X.11",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'uid':0,'arguments_seen':true,'settings':{'icc':['"
     "false']}}],'configs':"
     "{'/etc/docker/daemon.json':{'settings':{'icc':false}}}}}",
     STATUS_WARN, "is set in dockerd arguments and in"},
    /* dockerd takes runtimes from both places. */
    {"X.11",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'uid':0,'arguments_seen':true,'settings':{'add-"
     "runtime':['(hidden)']}}]"
     ","
     "'configs':{'/etc/docker/daemon.json':{'settings':{'add-runtime':'(hidden)'}}}}}",
     STATUS_PASS, NULL},
    {"X.11", INFO("{'LiveRestoreEnabled':false}"), STATUS_WARN, "the running daemon false"},
    {"X.11", INFO("{'SecurityOptions':['name=seccomp,profile=default']}"), STATUS_WARN, "userns-remap"},
    /* What an old engine does not say is not a conflict. */
    {"X.11", INFO("{'SecurityOptions':null,'LiveRestoreEnabled':null}"), STATUS_PASS, NULL},
    {"X.11", NO_INFO, STATUS_ERROR, "HTTP 500"},
    {"X.11", UNIT("'ActiveState':'active','NeedDaemonReload':'yes'"), STATUS_WARN, "changed on disk"},
    {"X.11", UNIT("'ActiveState':'active','settings':{'icc':['true']}"), STATUS_WARN, "was not restarted"},
    {"X.11",
     "{'shell':{'daemons':[{'pid':700,'start_ticks':708540,'uid':0,'arguments_seen':true,'settings':{'host':["
     "'fd://'],'iptables':["
     "'false']}}],'units':{'docker.service':{'ActiveState':'active','settings':{'host':['fd://']}}}}}",
     STATUS_WARN, "no longer by docker.service"},
    /* A daemon that was started by hand has another command than the unit that lies idle. */
    {"X.11", UNIT("'ActiveState':'inactive','settings':{'icc':['true']}"), STATUS_PASS, NULL},
    {"X.11", "{'shell':{'configs':{'/etc/docker/daemon.json':{'mtime':1895474332}}}}", STATUS_WARN,
     "changed after dockerd started"},
    {"X.11", "{'shell':{'configs':{'/etc/docker/daemon.json':{'state':'denied','settings':null}}}}",
     STATUS_ERROR, "may not be read"},
    {"X.11", "{'shell':{'ticks':null}}", STATUS_ERROR, "changed after dockerd started was not seen"},
    {"X.11", UNIT("'ActiveState':'unknown'"), STATUS_ERROR, "what systemd has loaded"},
    {"X.11", "{" NO_SHELL "}", STATUS_ERROR, "no shell"},
    {"X.11", "{'engine':{'version':{'Components':[{'Name':'Podman Engine'}]}}}", STATUS_INFO, "Podman"},

    /* --- who is not judged: the helper of --host-files, and what the policy leaves out --- */
    {"5.5", CONTAINER("{'Config':{'Labels':{'muster.helper':'1'}},'HostConfig':{'Privileged':true}}"),
     STATUS_INFO, "no containers"},
    {"5.5",
     "{'host':{'policy':{'exclude_containers':['va*']}},'engine':{'containers':{'" ID
     "':{'HostConfig':{'Privileged':true}}}}}",
     STATUS_INFO, "no containers"},
    {"5.5",
     "{'host':{'policy':{'include_containers':['other']}},'engine':{'containers':{'" ID
     "':{'HostConfig':{'Privileged':true}}}}}",
     STATUS_INFO, "no containers"},
    {"5.5",
     "{'host':{'policy':{'include_labels':['team=ops']}},'engine':{'containers':{'" ID
     "':{'Config':{'Labels':{'team':'ops'}},'HostConfig':{'Privileged':true}}}}}",
     STATUS_WARN, "privileged"},
    {"4.6", "{'host':{'policy':{'exclude_images':['registry.example/*']}}}", STATUS_INFO, "no images"},
    {"5.1",
     "{'host':{'policy':{'expect_swarm':true}},'engine':{'info':{'Swarm':{'LocalNodeState':'active'}}}}",
     STATUS_PASS, "expected"},
    /* A name that contains "nil" is a name like any other. */
    {"5.5", CONTAINER("{'Name':'/vanilla','HostConfig':{'Privileged':true}}"), STATUS_WARN, "vanilla"},
};
#define CASE_COUNT (sizeof CASES / sizeof *CASES)

static void every_case(void **state)
{
    (void)state;
    check_cases(CASES, CASE_COUNT);
}

/* Each judged check has a PASS (or NOTE: only a person can), a WARN or INFO, and a missing-evidence case. */
static void every_check_has_its_cases(void **state)
{
    const struct check *check;
    (void)state;
    for (size_t n = 0; (check = catalog_at(n)); n++) {
        bool pass = false, warns = false, missing = false;
        const char *newest = check->id[BENCHMARK_NEWEST];
        if (!newest)
            continue; /* 1.1.9 of 1.6.0, which has a test of its own */
        for (size_t i = 0; i < CASE_COUNT; i++) {
            if (strcmp(CASES[i].id, newest) != 0)
                continue;
            pass = pass || CASES[i].status == STATUS_PASS || CASES[i].status == STATUS_NOTE;
            warns = warns || CASES[i].status == STATUS_WARN || CASES[i].status == STATUS_INFO ||
                    CASES[i].status == STATUS_NOTE;
            missing = missing || CASES[i].status == STATUS_ERROR;
        }
        if (!pass || !warns || !missing)
            fail_msg("check %s lacks a case", newest);
    }
}

static enum status status_in(const json_t *document, const char *id)
{
    struct facts facts;
    struct error why;
    struct finding finding;
    assert_true(facts_open(&facts, document, &why));
    judge_one(&facts, catalog_find(BENCHMARK_NEWEST, id), &finding);
    enum status status = finding.status;
    finding_clear(&finding);
    facts_close(&facts);
    return status;
}

/* Takes `key` of a part of the engine's facts away, as where the engine did not answer. */
static json_t *without(const json_t *document, const char *part, const char *key, bool null)
{
    json_t *copy = json_deep_copy(document);
    char *name =
        key ? xasprintf("%s/%s", part, key) : xstrdup(strcmp(part, "containers") ? part : "container_list");
    json_t *engine = json_object_get(copy, "engine");
    json_t *in = key ? json_object_get(engine, part) : engine;
    json_object_set_new(in, key ? key : part, json_null());
    if (!null)
        json_object_del(in, key ? key : part);
    if (!json_is_object(json_object_get(copy, "missing")))
        json_object_set_new(copy, "missing", json_object());
    json_object_set_new(json_object_get(copy, "missing"), name, json_string("HTTP 500"));
    free(name);
    return copy;
}

static size_t compare_without(const struct test_case *test, const json_t *document, const char *part,
                              const char *key)
{
    size_t failed = 0;
    for (int null = 0; null <= 1; null++) {
        json_t *less = without(document, part, key, null);
        enum status status = status_in(less, test->id);
        json_decref(less);
        if (status == test->status || status == STATUS_ERROR)
            continue;
        print_error("%s with %s is %s without %s %s\n", test->id, test->patch, status_name(status), part,
                    key ? key : "");
        failed++;
    }
    return failed;
}

/* An engine that answers only in part has the verdicts that it has as a whole, or ERROR. */
static void what_is_missing_changes_no_verdict(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        json_t *document = patched(CASES[i].patch);
        const char *part, *key;
        json_t *value, *one;
        json_object_foreach(json_object_get(document, "engine"), part, value)
        {
            /* Without processes the user that is configured decides, as the check says. */
            bool less_exact = strcmp(part, "top") == 0 && strcmp(CASES[i].id, "4.1") == 0;
            if (CASES[i].status == STATUS_ERROR || json_is_null(value) || less_exact)
                continue;
            failed += compare_without(&CASES[i], document, part, NULL);
            if (strcmp(part, "containers") == 0 || strstr(part, "image_"))
                json_object_foreach(value, key, one) failed +=
                    compare_without(&CASES[i], document, part, key);
        }
        json_decref(document);
    }
    assert_int_equal(failed, 0);
}

/* An engine that answers nothing at all yields ERROR everywhere: never a PASS, never a WARN. */
static void empty_facts_pass_nothing(void **state)
{
    struct facts facts;
    struct error why;
    const struct check *check;
    json_t *document = json_pack("{s:s, s:{}, s:{}}", "schema", "muster.facts/1", "engine", "missing");
    (void)state;
    assert_true(facts_open(&facts, document, &why));
    for (size_t n = 0; (check = catalog_at(n)); n++) {
        struct finding finding;
        judge_one(&facts, check, &finding);
        assert_int_equal(finding.status, STATUS_ERROR);
        finding_clear(&finding);
    }
    facts_close(&facts);
    json_decref(document);
}

/* What newer engines say differently, as patches of the golden host (the fields are those of
 * checks-reference's table of engine changes, from moby's sources). Each is the same good host, so every
 * verdict is the same but those named. */
static const struct engine_case {
    const char *name, *patch, *differs; /* ids, each between blanks */
} ENGINES[] = {
    {"24.0",
     "{'engine':{'api':'1.43','info':{'ServerVersion':'24.0.9','SecurityOptions':['name=apparmor','name="
     "seccomp,profile=builtin',"
     "'name=selinux','name=userns','name=no-new-privileges'],'KernelMemory':null}}}",
     " 1.2.2 "},
    {"27.0",
     "{'engine':{'api':'1.46','info':{'ServerVersion':'27.0.3','SecurityOptions':['name=apparmor','name="
     "seccomp,profile=builtin',"
     "'name=selinux','name=userns','name=no-new-privileges'],"
     "'Containerd':{'Address':'/run/docker/containerd/containerd.sock'}}}}",
     " 1.2.2 "},
    {"28.5",
     "{'engine':{'api':'1.51','info':{'ServerVersion':'28.5.1','SecurityOptions':['name=apparmor','name="
     "seccomp,profile=builtin',"
     "'name=selinux','name=userns','name=no-new-privileges'],'BridgeNfIptables':null,'BridgeNfIp6tables':"
     "null,"
     "'FirewallBackend':{'Driver':'iptables'},'Containerd':{'Address':'/run/docker/containerd/"
     "containerd.sock'}}}}",
     " "},
    /* The containerd image store: no graph driver in any inspect, images in the root of dockerd's own
     * containerd; empty fields are left out; a userland proxy that is off is not mentioned. User namespaces
     * exclude that store.
     */
    {"29.5",
     "{'engine':{'api':'1.54','info':{'ServerVersion':'29.5.0','Driver':'overlayfs','DriverStatus':[['driver-"
     "type',"
     "'io.containerd.snapshotter.v1']],'SecurityOptions':['name=apparmor','name=seccomp,profile=builtin','"
     "name=selinux',"
     "'name=userns','name=no-new-privileges'],'BridgeNfIptables':null,'FirewallBackend':{'Driver':'nftables',"
     "'Info':[]},"
     "'Containerd':{'Address':'/run/docker/containerd/containerd.sock'},'Warnings':null},"
     "'containers':{'" ID
     "':{'GraphDriver':null,'ExecIDs':null,'HostConfig':{'CapAdd':null,'Devices':null,'PortBindings':null},"
     "'Mounts':null,'Config':{'Env':null,'Labels':null}}},"
     "'image_inspects':{'" IMAGE_ID "':{'Config':{'User':null,'Env':null,'SecretEnv':null}}},"
     "'changes':{'" ID "':{'written':0,'deleted':0,'noise':0,'telling':[]}}}}",
     " "},
};

static enum status status_of(const struct facts *facts, const struct check *check, char *reason, size_t size)
{
    struct finding finding;
    judge_one(facts, check, &finding);
    snprintf(reason, size, "%s", finding.reason);
    enum status status = finding.status;
    finding_clear(&finding);
    return status;
}

static void newer_engines_are_judged_alike(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof ENGINES / sizeof *ENGINES; e++) {
        struct facts good, newer;
        char reason[512], id[16];
        struct error why;
        json_t *golden = patched(GOOD);
        json_t *document = patched(ENGINES[e].patch);
        const struct check *check;
        assert_true(facts_open(&good, golden, &why) && facts_open(&newer, document, &why));
        for (size_t n = 0; (check = catalog_at(n)); n++) {
            if (!check->id[BENCHMARK_NEWEST])
                continue;
            enum status wanted = status_of(&good, check, reason, sizeof reason);
            enum status got = status_of(&newer, check, reason, sizeof reason);
            snprintf(id, sizeof id, " %s ", check->id[BENCHMARK_NEWEST]);
            if ((got != wanted) != (strstr(ENGINES[e].differs, id) != NULL))
                fail_msg("Docker %s,%s: %s, not %s: %s", ENGINES[e].name, id, status_name(got),
                         status_name(wanted), reason);
        }
        facts_close(&good);
        facts_close(&newer);
        json_decref(golden);
        json_decref(document);
    }
}

static void catalog_is_complete(void **state)
{
    static const size_t WANTED[BENCHMARK_COUNT] = {117, 117, 118};
    (void)state;
    for (size_t b = 0; b < BENCHMARK_COUNT; b++) {
        size_t count = 0;
        size_t automated = 0;
        const struct check *check;
        for (size_t n = 0; (check = catalog_at(n)); n++) {
            if (!check->id[b] || *check->id[b] == 'X')
                continue;
            count++;
            automated += strcmp(check_assessment(check, (enum benchmark)b), "Automated") == 0;
            assert_ptr_equal(catalog_find((enum benchmark)b, check->id[b]), check);
            assert_true(*check->judged && *check->title && *check->rationale && *check->evidence &&
                        *check->remedy && (check->level == 1 || check->level == 2));
        }
        assert_int_equal(count, WANTED[b]);
        assert_int_equal(automated, b == BENCHMARK_1_6_0 ? 21 : 23);
    }
    assert_string_equal(catalog_find(BENCHMARK_1_7_0, "2.7")->id[BENCHMARK_1_8_0], "2.8");
    assert_null(catalog_find(BENCHMARK_1_7_0, "2.19"));
    assert_ptr_equal(catalog_find(BENCHMARK_1_8_0, "check_5_5"), catalog_find(BENCHMARK_1_8_0, "5.5"));
}

static size_t selected(const char *include, const char *exclude)
{
    struct selection s = {.benchmark = BENCHMARK_1_8_0,
                          .include = &include,
                          .include_count = include != NULL,
                          .exclude = &exclude,
                          .exclude_count = exclude != NULL};
    struct error err;
    const struct check *check;
    size_t count = 0;
    if (selection_check(&s, &err))
        return 0;
    for (size_t n = 0; (check = catalog_at(n)); n++)
        count += selection_has(&s, check);
    return count;
}

static void selection_words(void **state)
{
    (void)state;
    size_t all = selected(NULL, NULL), of_level_1 = 0;
    const struct check *check;
    for (size_t n = 0; (check = catalog_at(n)); n++)
        of_level_1 += check->id[BENCHMARK_1_8_0] && check->level == 1;
    assert_int_equal(all, 118 + selected("X", NULL)); /* what the benchmark 1.8.0 publishes, and beyond it */
    assert_int_equal(selected("5.5", NULL), 1);
    assert_int_equal(selected("check_2_1", NULL), 1);
    assert_int_equal(selected("5", NULL), 32);
    assert_int_equal(selected("5.1*", NULL), 11);
    assert_int_equal(selected("container_runtime", NULL), 32);
    assert_int_equal(selected("2", "2.*"), 0 + 0);
    assert_int_equal(selected(NULL, "level2"), of_level_1);
    assert_int_equal(selected("9.9", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(every_check_has_its_cases),
        cmocka_unit_test(what_is_missing_changes_no_verdict),
        cmocka_unit_test(empty_facts_pass_nothing),
        cmocka_unit_test(newer_engines_are_judged_alike),
        cmocka_unit_test(catalog_is_complete),
        cmocka_unit_test(selection_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_engines.c: checks on engines other than root's Docker 20.10: rootless, Podman, today's versions. The
 * facts are those of real ones (tests/lab's hosts modern and rootless), as patches of the golden host. */
#include "golden_case.h"
#include "test.h"

#include "agentless/checks/finding.h"
#include "agentless/checks/judge.h"

#define ID "aaaaaaaaaaaa"
#define IMAGE_ID "sha256:5f3df64736d1e3174f090cab209ca321d81645f2ab3c98f2035bbd5da9f54bed"
#define OPTIONS "'SecurityOptions':['name=seccomp,profile=builtin','name=rootless']"
#define PROCESS "'pid':96,'uid':2000,'nspid':96,'start_ticks':708540,'arguments_seen':true"
#define HOME "'environment':{'HOME':'/home/dev'},'config':'/home/dev/.config','runtime':'/run/user/2000'"
/* Its own daemon.json and files beside root's, which must not be judged in their place. */
#define ROOTLESS(settings, files)                                                                            \
    "{'session':{'socket':'/run/user/2000/docker.sock'},'engine':{'info':{" OPTIONS                          \
    ",'DockerRootDir':'/home/dev/.local/share/docker'}},'shell':{'pidfile':null,'daemons':[{" PROCESS        \
    "," HOME ",'settings':" settings                                                                         \
    "}],'configs':{'/home/dev/.config/docker/daemon.json':{'state':'read','mtime':1795474332,'settings':{"   \
    "'icc':false,'log-level':'info'}}},'files':{" files "}}}"
#define FILE(path, mode, uid)                                                                                \
    "'" path "':{'state':'present','mode':'" mode "','uid':" uid ",'gid':" uid ",'type':'regular file'}"
#define ROOTLESS_CONTAINER(x) "{'shell':null,'engine':{'info':{" OPTIONS "},'containers':{'" ID "':" x "}}}"
#define MOUNT(source)                                                                                        \
    "{'shell':{'files':{'/run/docker.sock':{'state':'absent'},'/var/run/docker.sock':{'state':'absent'},'/"  \
    "run/docker/"                                                                                            \
    "containerd/containerd.sock':{'state':'absent'}}},'session':{'socket':'/run/user/2000/"                  \
    "docker.sock'},'engine':{'info':{" OPTIONS                                                               \
    ",'Containerd':{'Address':'/run/user/2000/docker/containerd/containerd.sock'}},'containers':{'" ID       \
    "':{'Mounts':[{'Type':'bind','Source':'" source "','Destination':'/x','RW':false}]}}}}"
/* Two rootless daemons, and what tells which one was asked. */
#define TWO(session, root)                                                                                   \
    "{'session':" session ",'engine':{'info':{" OPTIONS ",'DockerRootDir':'" root                            \
    "'}},'shell':{'pidfile':null,'daemons':[{" PROCESS "," HOME                                              \
    ",'settings':{'log-level':['debug']}},{'pid':97,'uid':2001,'arguments_seen':true,"                       \
    "'environment':{'HOME':'/home/eve'},'config':'/home/eve/.config','runtime':'/run/user/"                  \
    "2001','settings':{'log-level':['info']}}]}}"

#define PODMAN_VERSION "'version':{'Components':[{'Name':'Podman Engine','Version':'5.8.6'}]}"
#define PODMAN(engine) "{'shell':null,'engine':{" PODMAN_VERSION "," engine "}}"
#define PODMAN_CONTAINER(x) PODMAN("'containers':{'" ID "':" x "}")
#define PODMAN_CAPS(x) PODMAN("'podman_containers':{'" ID "':{'BoundingCaps':[" x "]}}")
#define PODMAN_IMAGE(x) PODMAN("'podman_images':{'" IMAGE_ID "':" x "}")

#define SERVICE(mode)                                                                                        \
    "{'engine':{'containers':{'" ID                                                                          \
    "':null},'info':{'Swarm':{'LocalNodeState':'active','ControlAvailable':true}},'services':[{'Spec':"      \
    "{'Name':'front'},'Endpoint':{'Ports':[{'PublishedPort':80,'PublishMode':'" mode "'}]}}]}}"

static const struct test_case CASES[] = {
    /* --- rootless: its own daemon.json, arguments, socket, unit, TLS files --- */
    {"2.3", ROOTLESS("{}", ""), STATUS_PASS, "/home/dev/.config/docker/daemon.json"},
    {"2.3", ROOTLESS("{'log-level':['debug']}", ""), STATUS_WARN, "debug"},
    {"2.4", ROOTLESS("{'iptables':['false']}", ""), STATUS_WARN, "iptables"},
    {"3.18", ROOTLESS("{}", FILE("/home/dev/.config/docker/daemon.json", "0666", "2000")), STATUS_WARN,
     "0666"},
    {"3.18", ROOTLESS("{}", FILE("/home/dev/.config/docker/daemon.json", "0644", "2000")), STATUS_PASS,
     "/home/dev/.config/docker/daemon.json"},
    {"3.17", ROOTLESS("{}", FILE("/home/dev/.config/docker/daemon.json", "0644", "2000")), STATUS_INFO,
     "whose rootless daemon it is"},
    {"3.17", ROOTLESS("{}", FILE("/home/dev/.config/docker/daemon.json", "0644", "1000")), STATUS_WARN,
     "neither root nor the rootless daemon's user"},
    {"3.17", ROOTLESS("{}", ""), STATUS_ERROR, "not looked at"},
    {"3.18", "{'engine':{'info':{" OPTIONS "}}}", STATUS_ERROR, "no dockerd of a user was seen"},
    {"3.18", "{'engine':{'info':{" OPTIONS "}},'shell':{'daemons':[{" PROCESS ",'settings':{}}]}}",
     STATUS_ERROR, "was not seen"},
    {"3.16", ROOTLESS("{}", FILE("/run/user/2000/docker.sock", "1660", "2000")), STATUS_PASS, "1660"},
    {"3.16", ROOTLESS("{}", FILE("/run/user/2000/docker.sock", "1666", "2000")), STATUS_WARN, "1666"},
    {"3.24", ROOTLESS("{}", FILE("/run/user/2000/docker/containerd/containerd.sock", "0660", "2000")),
     STATUS_PASS, NULL},
    {"3.1", ROOTLESS("{}", "'/home/dev/.config/systemd/user/docker.service':{'state':'absent'}"), STATUS_INFO,
     "has no unit"},
    {"3.2", ROOTLESS("{}", FILE("/home/dev/.config/systemd/user/docker.service", "0666", "2000")),
     STATUS_WARN, "0666"},
    {"3.2", ROOTLESS("{}", FILE("/home/dev/.config/systemd/user/docker.service.d/a.conf", "0622", "2000")),
     STATUS_WARN, "a.conf"},
    {"3.19", ROOTLESS("{}", ""), STATUS_INFO, "does not use"},
    {"1.1.12", ROOTLESS("{}", ""), STATUS_INFO, "does not use"},
    {"1.1.4", ROOTLESS("{}", ""), STATUS_INFO, "does not use /run/containerd"},
    {"3.10",
     ROOTLESS("{'host':['tcp://0.0.0.0:2376'],'tlsverify':['true']}",
              FILE("/home/dev/.docker/ca.pem", "0666", "2000")),
     STATUS_WARN, "0666"},
    /* Root's dockerd is never taken for a rootless one, nor the other way round. */
    {"2.3",
     "{'shell':{'pidfile':null,'daemons':[{'pid':700,'start_ticks':708540,'uid':0,'arguments_seen':true,'"
     "settings':{}},{" PROCESS "," HOME ",'settings':{'log-level':['debug']}}]}}",
     STATUS_PASS, NULL},
    {"2.3", TWO("{'socket':'/run/user/2001/docker.sock'}", "/x"), STATUS_PASS, NULL},
    {"2.3", TWO("{'socket':'/run/user/2000/docker.sock'}", "/x"), STATUS_WARN, "debug"},
    {"2.3", TWO("{'socket':null}", "/home/eve/.local/share/docker"), STATUS_PASS, NULL},
    {"2.3", TWO("{'socket':null}", "/srv"), STATUS_ERROR, "which one is asked"},

    /* --- a user namespace --- */
    {"X.2", ROOTLESS_CONTAINER("{'HostConfig':{'Privileged':true}}"), STATUS_INFO,
     "only in its user namespace"},
    {"5.10", ROOTLESS_CONTAINER("{'HostConfig':{'NetworkMode':'host'}}"), STATUS_INFO, "rootless engine"},
    {"5.10", ROOTLESS_CONTAINER("{'HostConfig':{'NetworkMode':null}}"), STATUS_ERROR, NULL},
    {"X.2", PODMAN_CONTAINER("{'HostConfig':{'Privileged':true,'UsernsMode':'auto'}}"), STATUS_INFO, NULL},
    {"X.2", PODMAN_CONTAINER("{'HostConfig':{'Privileged':true,'UsernsMode':''}}"), STATUS_WARN, NULL},

    /* --- the sockets that are there --- */
    {"5.32", MOUNT("/"), STATUS_WARN, "/run/user/2000/docker.sock"},
    {"5.32", MOUNT("/run/user/2000"), STATUS_WARN, "/run/user/2000/docker.sock"},
    {"5.32", MOUNT("/run/user/2000/docker/containerd"), STATUS_WARN, "containerd.sock"},
    {"5.32", MOUNT("/run/docker.sock"), STATUS_WARN, NULL},
    {"5.32", MOUNT("/var/lib"), STATUS_PASS, NULL},

    /* --- Podman: what its Docker-like API leaves out --- */
    {"4.6", PODMAN("'podman_images':{}"), STATUS_ERROR, "evidence missing: its health check"},
    {"4.6", PODMAN_IMAGE("{'Healthcheck':{'Test':['CMD-SHELL']}}"), STATUS_PASS, NULL},
    {"4.6", PODMAN_IMAGE("{}"), STATUS_WARN, "no health check"},
    {"5.4", PODMAN("'podman_containers':{}"), STATUS_ERROR, "evidence missing: its capabilities"},
    {"5.4", PODMAN_CAPS("'CAP_CHOWN'"), STATUS_PASS, NULL},
    {"5.4", PODMAN_CAPS("'CAP_NET_RAW'"), STATUS_INFO, "NET_RAW"},
    {"5.4", PODMAN_CAPS("'CAP_CHOWN','CAP_SYS_ADMIN'"), STATUS_WARN, "SYS_ADMIN"},
    {"5.6",
     PODMAN_CONTAINER(
         "{'Mounts':[{'Type':'image','Source':'lab/x:1','Destination':'/i'},{'Type':'bind','Source':"
         "'/var/lib/docker/merge','Destination':'/i','RW':true}]}"),
     STATUS_PASS, NULL},
    {"5.18", PODMAN("'info':{" OPTIONS "}"), STATUS_ERROR, "does not list the devices"},
    {"5.19",
     PODMAN_CONTAINER("{'HostConfig':{'Ulimits':[{'Name':'RLIMIT_NOFILE','Soft':1024,'Hard':1024}]}}"),
     STATUS_INFO, "containers.conf"},
    {"5.28", PODMAN_CONTAINER("{'Config':{'Image':''}}"), STATUS_PASS, NULL},
    {"1.1.9", "{'session':{'socket':'/srv/podman.sock'},'engine':{" PODMAN_VERSION "}}", STATUS_WARN,
     "/srv/podman.sock"},
    {"1.1.9", "{'session':{'socket':null},'engine':{" PODMAN_VERSION "}}", STATUS_ERROR, "not known"},

    /* --- a swarm's ports: in mode host only where a task is, and without any container of this host's own
       --- */
    {"5.14", SERVICE("ingress"), STATUS_WARN, "every node"},
    {"5.8", SERVICE("ingress"), STATUS_WARN, "privileged port 80"},
    {"5.14", SERVICE("host"), STATUS_INFO, "no container is running"},
    {"5.8", SERVICE("host"), STATUS_INFO, NULL},

    /* --- the containerd image store: the layer is known by what is mounted --- */
    {"X.5",
     "{'engine':{'changes':null,'containers':{'" ID "':{'GraphDriver':null}}},'shell':{'layer_of':{'" ID
     "':'/s/1/fs'},'layers':{'/s/1/fs':{'written':2,'deleted':0,'noise':0,'telling':[{'path':'/usr/bin/"
     "nc','why':'program'}]}}}}",
     STATUS_WARN, "/usr/bin/nc"},
};

static void every_case(void **state)
{
    (void)state;
    check_cases(CASES, sizeof CASES / sizeof *CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

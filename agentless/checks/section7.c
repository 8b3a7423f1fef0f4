/* section7.c: swarm mode. The rows are complete; their judgement is not written yet, so they are
 * reported as not judged, never as passed. */
#include "agentless/checks/catalog.h"

const struct check SECTION_7[] = {
    {SAME_ID("7.1"), "MMM", 1, 0, NULL, "A swarm has as many managers as it needs",
     "Every manager can read all secrets; too few lose the swarm with one host.", "/info Swarm.Managers",
     "docker node demote NODE, or promote, until there are 3, 5 or 7."},
    {SAME_ID("7.2"), "MMM", 1, 0, NULL, "Swarm services are bound to a chosen interface",
     "The management ports are otherwise open on public interfaces.",
     "swarm/docker-state.json; the listener on 2377", "docker swarm init --listen-addr ADDRESS"},
    {SAME_ID("7.3"), "MMM", 1, 0, NULL, "Overlay networks are encrypted",
     "Traffic between containers otherwise crosses the wire in the clear.",
     "/networks: option encrypted of overlay networks",
     "docker network create --opt encrypted -d overlay NAME"},
    {SAME_ID("7.4"), "MMM", 1, 0, NULL, "Secrets are managed by Docker's secrets",
     "A secret in the environment is in every inspect, log and child process.",
     "/secrets; names in the environment of services", "docker secret create, and --secret."},
    {SAME_ID("7.5"), "MMM", 1, 0, NULL, "The swarm manager is locked automatically",
     "Without it the keys of the swarm lie on the disk and in its backups.",
     "/info Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers",
     "docker swarm update --autolock=true, and keep the key elsewhere."},
    {SAME_ID("7.6"), "MMM", 1, 0, NULL, "The manager's unlock key is rotated",
     "A key that was seen once opens every later backup.", "none that the engine keeps; a person has to tell",
     "docker swarm unlock-key --rotate"},
    {SAME_ID("7.7"), "MMM", 1, 0, NULL, "Node certificates are rotated",
     "A stolen certificate is good until it ends.", "/info Swarm.Cluster.Spec.CAConfig.NodeCertExpiry",
     "docker swarm update --cert-expiry 720h"},
    {SAME_ID("7.8"), "MMM", 1, 0, NULL, "The swarm's CA certificate is rotated",
     "Who has the CA's key can join any node.", "validity of the swarm's root certificate",
     "docker swarm ca --rotate"},
    {SAME_ID("7.9"), "MMM", 1, 0, NULL, "Management and data traffic are separate",
     "Load on the data plane otherwise cuts managers off, and both are exposed together.",
     "swarm/docker-state.json: data path address", "docker swarm init --advertise-addr A --data-path-addr B"},
};
const size_t SECTION_7_COUNT = sizeof SECTION_7 / sizeof *SECTION_7;

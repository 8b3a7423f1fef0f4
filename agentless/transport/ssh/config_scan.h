/* config_scan.h: whether the usual ssh configuration surely says nothing that matters to a scan, so that ssh
 * need not be asked once a host. */
#ifndef AGENTLESS_TRANSPORT_SSH_CONFIG_SCAN_H
#define AGENTLESS_TRANSPORT_SSH_CONFIG_SCAN_H

#include <stdbool.h>

/* Of the user's and the system's configuration, with what they include. False where a word is not known to be
 * without effect, where a file cannot be read, and where HOME is not the folder that ssh takes for ~: then
 * the usual names of known_hosts and keys are ssh's to say too. */
bool ssh_config_says_nothing(void);

#endif

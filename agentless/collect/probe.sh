# muster's probe: what only a shell on the host can tell. It reads and prints; it writes, changes and starts
# nothing. Sent over standard input to `sh -s`, it needs a POSIX sh (dash, bash, BusyBox ash) and the usual small
# tools. The format: lines that begin with @ open a record, lines that begin with a blank are its body, so that no
# file's content can pretend to be a record. The last line is "@end"; without it the answer was cut off.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
# Behind whatever the host is there for: its own process is made to wait for others, for CPU and disk.
renice -n 10 -p $$ >/dev/null 2>&1
ionice -c 3 -p $$ >/dev/null 2>&1
CONTENT_MAX=262144

body() {
    tr -d '\000' | awk '{ print " " $0 }'
}

# absent, or hidden behind a folder that may not be searched?
absence() {
    up=$1
    while [ "$up" != / ] && [ -n "$up" ]; do
        up=${up%/*}
        if [ -d "${up:-/}" ]; then
            if [ -x "${up:-/}" ]; then echo ' state absent'; else echo ' state denied'; fi
            return
        fi
    done
    echo ' state absent'
}

# GNU's and BusyBox's stat agree on these letters; -L judges the target of a symbolic link.
file() {
    echo '@file'
    printf '%s\n' "$1" | sed 's/^/ path /'
    if [ -e "$1" ]; then
        stat -L -c ' stat %a %u %g %s %Y %F' "$1" 2>/dev/null || echo ' state denied'
        if [ -h "$1" ]; then readlink -f "$1" | sed 's/^/ target /'; fi
    else
        absence "$1"
    fi
}

content() {
    echo '@content'
    printf '%s\n' "$1" | sed 's/^/ path /'
    if [ ! -e "$1" ]; then
        absence "$1"
    elif [ ! -f "$1" ]; then
        echo ' state special'
    elif [ ! -r "$1" ]; then
        echo ' state denied'
    else
        echo ' state read'
        stat -L -c ' mtime %Y' "$1" 2>/dev/null
        echo '@text'
        head -c "$CONTENT_MAX" "$1" | body
    fi
}

# One argument a line; a line end inside an argument becomes \001.
arguments() {
    tr '\n\000' '\001\n' <"/proc/$1/cmdline" 2>/dev/null
}

config_file_of() {
    arguments "$1" | awk 'next_one { print; exit } /^--config-file=/ { sub(/^--config-file=/, ""); print; exit } $0 == "--config-file" { next_one = 1 }'
}

daemon() {
    echo '@daemon'
    echo " pid $1"
    awk '/^Uid:/ { print " uid " $3 } /^NSpid:/ { print " nspid " $NF }' "/proc/$1/status" 2>/dev/null
    grep -oE '[0-9a-f]{64}' "/proc/$1/cgroup" 2>/dev/null | head -n 1 | sed 's/^/ container /'
    readlink "/proc/$1/exe" 2>/dev/null | sed 's/^/ exe /'
    awk '{ sub(/^.*\) /, ""); print " start_ticks " $20 }' "/proc/$1/stat" 2>/dev/null
    if [ -r "/proc/$1/environ" ]; then
        tr '\000' '\n' <"/proc/$1/environ" 2>/dev/null | grep -E '^(DOCKER_TLS_VERIFY|DOCKER_CERT_PATH|DOCKER_CONFIG|XDG_CONFIG_HOME|HOME)=' | sed 's/^/ env /'
    else
        echo ' env_denied'
    fi
    echo '@arguments'
    arguments "$1" | body
}

# The unit files, their drop-ins and environment files: as systemd has loaded them, else where it would look.
unit_directories='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'

unit_facts() {
    if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
        systemctl show "$1" -p ActiveState,FragmentPath,DropInPaths,EnvironmentFiles,Listen,MainPID,NeedDaemonReload,ExecStart 2>/dev/null
        return
    fi
    fragment=
    dropins=
    for directory in $unit_directories; do
        if [ -z "$fragment" ] && [ -e "$directory/$1" ]; then fragment=$directory/$1; fi
        for path in "$directory/$1.d"/*.conf; do
            if [ -e "$path" ]; then dropins="$dropins${dropins:+ }$path"; fi
        done
    done
    echo "FragmentPath=$fragment"
    echo "DropInPaths=$dropins"
    if [ -n "$fragment$dropins" ]; then
        # shellcheck disable=SC2086
        sed -n 's/^EnvironmentFile=-*/EnvironmentFiles=/p; s/^ListenStream=/Listen=/p' $fragment $dropins 2>/dev/null
    fi
}

units() {
    for name in docker.service docker.socket; do
        facts=$(unit_facts "$name")
        echo '@unit'
        echo " unit $name"
        printf '%s\n' "$facts" | body
        paths_seen="$paths_seen $(printf '%s\n' "$facts" | sed -n 's/^FragmentPath=//p; s/^DropInPaths=//p; s/^EnvironmentFiles=\([^ ]*\).*/\1/p' | tr '\n' ' ')"
    done
}

# Paths that a daemon.json or the arguments name. Only candidates to look at: what is in force, the checks decide.
paths_in_json() {
    [ -r "$1" ] && tr -d '\n' <"$1" | grep -oE '"(tlscacert|tlscert|tlskey|containerd|data-root)"[[:space:]]*:[[:space:]]*"/[^"]*"' | sed 's/.*"\(.*\)"$/\1/'
    [ -r "$1" ] && tr -d '\n' <"$1" | grep -oE '"(unix://)/[^"]*"' | sed 's/^"unix:..//; s/"$//'
}

paths_in_arguments() {
    arguments "$1" | awk '
        take { print; take = 0; next }
        /^--(tlscacert|tlscert|tlskey|containerd)=/ { sub(/^[^=]*=/, ""); print; next }
        /^--(tlscacert|tlscert|tlskey|containerd|host)$/ || $0 == "-H" { take = 1; next }
        /^(--host=|-H=?)/ { sub(/^(--host=|-H=?)/, ""); print }' | sed -n 's/^unix:..//; /^\//p'
}

wanted_files() {
    # shellcheck disable=SC2086
    printf '%s\n' /etc/docker /etc/docker/daemon.json /etc/docker/certs.d /etc/default/docker /etc/sysconfig/docker /var/run/docker.sock /run/docker.sock \
        /run/containerd /run/containerd/containerd.sock /run/docker/containerd/containerd.sock /etc/containerd/config.toml \
        /root/.docker/ca.pem /root/.docker/cert.pem /root/.docker/key.pem $config $paths_seen
    for one in /etc/docker/daemon.json $config; do paths_in_json "$one"; done
    for one in $daemons; do
        paths_in_arguments "$one"
        cert=$(tr '\000' '\n' <"/proc/$one/environ" 2>/dev/null | sed -n 's/^DOCKER_CERT_PATH=//p')
        if [ -n "$cert" ]; then printf '%s\n' "$cert/ca.pem" "$cert/cert.pem" "$cert/key.pem"; fi
    done
}

# Where the programs are that really run, and where those of the same names would be found.
programs() {
    echo '@programs'
    for comm in /proc/[0-9]*/comm; do
        read -r name <"$comm" || continue
        case $name in dockerd | containerd | containerd-shim*)
            exe=$(readlink "${comm%comm}exe") || continue
            echo " ${exe##*/} ${exe%% (deleted)}"
            ;;
        esac
    done 2>/dev/null | sort -u
    for name in dockerd containerd containerd-shim containerd-shim-runc-v1 containerd-shim-runc-v2 runc; do
        path=$(command -v "$name" 2>/dev/null) && echo " $name $path"
    done
    [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ] && echo ' reboot required'
}

# Rules as loaded in the kernel, and as configured; of files only lines that are rules.
audit_rules() {
    echo '@audit'
    if command -v auditctl >/dev/null 2>&1; then
        loaded=$(auditctl -l 2>&1)
        echo " status $?"
        printf '%s\n' "$loaded" | sed -n 's/^-/ loaded -/p'
        printf '%s\n' "$loaded" | grep -v '^-' | head -n 1 | sed 's/^/ said /'
        auditctl -s 2>/dev/null | sed -n 's/^enabled / enabled /p'
    else
        echo ' absent'
    fi
    if [ -d /etc/audit ] && [ ! -x /etc/audit ]; then echo ' denied /etc/audit'; fi
    if [ -d /etc/audit/rules.d ] && [ ! -r /etc/audit/rules.d ]; then echo ' denied /etc/audit/rules.d'; fi
    for path in /etc/audit/audit.rules /etc/audit/rules.d/*.rules; do
        if [ -r "$path" ]; then
            printf '%s\n' "$path" | sed 's/^/ file /'
            head -c "$CONTENT_MAX" "$path" | grep -E '^[[:space:]]*-' | sed 's/^[[:space:]]*/ rule /'
        elif [ -e "$path" ]; then
            printf '%s\n' "$path" | sed 's/^/ denied /'
        fi
    done
}

database() {
    getent "$@" 2>/dev/null || { [ "$#" = 1 ] && cat "/etc/$1" 2>/dev/null; }
}

# Who belongs to the groups that own a listener of the engine, by group and by primary group; who is root by number.
accounts() {
    echo '@accounts'
    gids=$(for path in $(wanted_files | grep '\.sock$'); do stat -L -c %g "$path" 2>/dev/null; done | sort -un | tr '\n' ' ')
    gids="$gids $(database group | awk -F: '$1 == "docker" { print $3 }')"
    database group | awk -F: -v gids=" $gids " 'index(gids, " " $3 " ") { print " group " $3 " " $1 " " $4 }' | head -n 50
    database passwd | awk -F: -v gids=" $gids " '$3 == 0 || index(gids, " " $4 " ") { print " user " $3 " " $4 " " $1 }' | head -n 2000
}

# device, mount point, type; without the mounts of containers.
mounts() {
    echo '@mounts'
    awk '{ for (i = 7; i < NF && $i != "-"; i++); type = $(i + 1)
           if (type != "nsfs" && $5 !~ /\/(overlay2|rootfs)\/.*(merged|mounts)/) print " " $3 " " type " " $5 }' /proc/self/mountinfo 2>/dev/null | head -n 2000
}

data_root() {
    for one in $daemons; do
        arguments "$one" | awk 'take { print; take = 0 } /^(--data-root|--graph|-g)$/ { take = 1 } /^--(data-root|graph)=/ { sub(/^[^=]*=/, ""); print }'
    done
    for one in $config /etc/docker/daemon.json; do
        [ -r "$one" ] && tr -d '\n' <"$one" | grep -oE '"data-root"[[:space:]]*:[[:space:]]*"/[^"]*"' | sed 's/.*"\(.*\)"$/\1/'
    done
    echo /var/lib/docker
}

swarm_state() {
    root=$(data_root | head -n 1)
    path=$root/swarm/docker-state.json
    echo '@swarm'
    if [ ! -e "$path" ]; then
        absence "$path"
    elif [ ! -r "$path" ]; then
        echo ' state denied'
    else
        echo ' state read'
        tr -d '\n' <"$path" | head -c 65536 | grep -oE '"(ListenAddr|AdvertiseAddr|DataPathAddr|LocalAddr|RemoteAddr)" *: *"[^"]*"' | sed 's/"\([A-Za-z]*\)" *: *"\(.*\)"/ \1 \2/'
    fi
}

# What was written in the writable layers of the running containers, without asking the engine to walk whole images.
drift() {
    [ "$(id -u)" = 0 ] || return
    layers=$(sed -n 's/.* overlay .*[ ,]upperdir=\([^ ,]*\/diff\)[ ,].*/\1/p' /proc/self/mountinfo | sort -u | head -n 2000)
    [ -n "$layers" ] || return
    echo '@drift'
    printf '%s\n' "$layers" | sed 's/^/ layer /'
    printf '%s\n' "$layers" | tr '\n' '\000' | xargs -0 sh -c 'find "$@" -xdev -mindepth 1 2>/dev/null' sh | head -n 50000 | tr '\n' '\000' |
        xargs -0 stat -c '%a %t:%T %s %F|%n' 2>/dev/null | awk '{ print " change " $0 }'
}

# In a function, so that nothing runs before all has arrived, and nothing can read the rest of the script.
probe() {
    echo 'muster-probe 1'
    echo '@host'
    echo " uid $(id -u)"
    echo " name $(uname -n)"
    echo " kernel $(uname -sr)"
    awk '/^btime/ { print " boot " $2 }' /proc/stat 2>/dev/null
    echo " ticks $(getconf CLK_TCK 2>/dev/null || echo 100)"
    awk -F= '/^(ID|VERSION_ID|PRETTY_NAME)=/ { gsub(/"/, "", $2); print " os " $1 " " $2 }' /etc/os-release 2>/dev/null
    [ -r /sys/kernel/security/lsm ] && sed 's/^/ lsm /' /sys/kernel/security/lsm && echo
    [ -r /sys/fs/selinux/enforce ] && echo " selinux_enforce $(cat /sys/fs/selinux/enforce)"
    daemons=
    config=
    paths_seen=
    [ -r /run/docker.pid ] && echo " pidfile $(head -c 20 /run/docker.pid | tr -dc 0-9)"

    for comm in /proc/[0-9]*/comm; do
        read -r name <"$comm" || continue
        case $name in
        dockerd)
            pid=${comm#/proc/}
            pid=${pid%/comm}
            daemon "$pid"
            daemons="$daemons $pid"
            config=$(config_file_of "$pid")
            if [ -n "$config" ]; then content "$config"; fi
            ;;
        docker-proxy) proxies=$((${proxies:-0} + 1)) ;;
        esac
    done 2>/dev/null
    echo '@proxies'
    echo " count ${proxies:-0}"

    content /etc/docker/daemon.json
    units
    for path in $(wanted_files); do file "$path"; done
    find -L /etc/docker/certs.d -mindepth 1 -maxdepth 3 2>/dev/null | head -n 500 | while read -r path; do file "$path"; done
    programs
    audit_rules
    accounts
    mounts
    swarm_state
    drift

    # Every process of every container in two reads: its cgroup names the container, its status tells who it is.
    # Without root, and with /proc mounted hidepid, others' processes are not seen; the parser notices what is missing.
    echo '@cgroups'
    cgroups=$(grep -HoE '[0-9a-f]{64}' /proc/[0-9]*/cgroup 2>/dev/null | sort -u)
    printf '%s\n' "$cgroups" | body
    echo '@status'
    printf '%s\n' "$cgroups" | awk -F/ 'NF > 3 && !seen[$3]++ { print "/proc/" $3 "/status" }' |
        xargs grep -hE '^(Name|Pid|PPid|Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' 2>/dev/null | body
    echo '@end'
}

probe </dev/null

# muster's probe: what only a shell on the host can tell. It reads and prints; it writes, changes and starts
# nothing. Sent over standard input to `sh -s`, it needs a POSIX sh (dash, bash, BusyBox ash) and the usual small
# tools. The format: lines that begin with @ open a record, lines that begin with a blank are its body, so that no
# file's content can pretend to be a record. The last line is "@end"; without it the answer was cut off.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
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
    [ -r /run/docker.pid ] && echo " pidfile $(head -c 20 /run/docker.pid | tr -dc 0-9)"

    for comm in /proc/[0-9]*/comm; do
        read -r name <"$comm" || continue
        case $name in
        dockerd)
            pid=${comm#/proc/}
            pid=${pid%/comm}
            daemon "$pid"
            config=$(config_file_of "$pid")
            if [ -n "$config" ]; then content "$config"; fi
            ;;
        docker-proxy) proxies=$((${proxies:-0} + 1)) ;;
        esac
    done 2>/dev/null
    echo '@proxies'
    echo " count ${proxies:-0}"

    content /etc/docker/daemon.json
    for path in /etc/docker /etc/docker/daemon.json /etc/default/docker /etc/sysconfig/docker /var/run/docker.sock \
        /run/containerd/containerd.sock /run/docker/containerd/containerd.sock; do
        file "$path"
    done

    if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
        for unit in docker.service docker.socket; do
            echo '@unit'
            echo " unit $unit"
            systemctl show "$unit" -p ActiveState,FragmentPath,DropInPaths,Listen,MainPID 2>/dev/null | body
        done
    fi

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

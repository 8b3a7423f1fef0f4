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
# Each program that is started costs the host a millisecond, so the shell itself does what it can, and one awk or stat
# does for all files what needs one.
LINE_END='
'

body() {
    tr -d '\000' | sed 's/^/ /'
}

# The same for a variable: no program at all. Empty lines are left out.
lines() {
    set -f
    IFS=$LINE_END
    # shellcheck disable=SC2086
    [ -z "$1" ] || printf ' %s\n' $1
    unset IFS
    set +f
}

# Calls a function with each line of a text.
each_line() {
    set -f
    IFS=$LINE_END
    for line in $2; do
        unset IFS
        "$1" "$line"
    done
    unset IFS
    set +f
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

# GNU's and BusyBox's stat agree on these letters, and on line ends in a format; -L judges the target of a symbolic
# link. Paths are lines: the caller splits at line ends only, and takes no word for a pattern.
files() {
    present=
    for path in "$@"; do
        if [ ! -e "$path" ]; then
            printf '@file\n path %s\n' "$path"
            absence "$path"
        elif [ -h "$path" ]; then
            printf '@file\n path %s\n' "$path"
            stat -L -c ' stat %a %u %g %s %Y %F' "$path" 2>/dev/null || echo ' state denied'
            readlink -f "$path" | sed 's/^/ target /'
        else
            present="$present
$path"
        fi
    done
    [ -n "$present" ] || return
    # shellcheck disable=SC2086
    stat -c '@file
 path %n
 stat %a %u %g %s %Y %F' $present 2>/dev/null
}

content() {
    printf '@content\n path %s\n' "$1"
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
    { tr '\n\000' '\001\n' <"/proc/$1/cmdline"; } 2>/dev/null
}

# What one argument of dockerd names; `take` holds the flag whose value is the next one.
argument() {
    case $take in
    config) config=$1 ;;
    root) root_argument=$1 ;;
    path) argument_paths="$argument_paths${1#unix:??}$LINE_END" ;;
    esac
    take=
    case $1 in
    --config-file=*) config=${1#*=} ;;
    --config-file) take=config ;;
    --data-root=* | --graph=*) root_argument=${1#*=} ;;
    --data-root | --graph | -g) take=root ;;
    --tlscacert=* | --tlscert=* | --tlskey=* | --containerd=* | --host=*) one=${1#*=} argument_paths="$argument_paths${one#unix:??}$LINE_END" ;;
    --tlscacert | --tlscert | --tlskey | --containerd | --host | -H) take=path ;;
    -H*) one=${1#-H} one=${one#=} argument_paths="$argument_paths${one#unix:??}$LINE_END" ;;
    esac
}

environment_path() {
    case $1 in DOCKER_CERT_PATH=?*) argument_paths="$argument_paths${1#*=}/ca.pem$LINE_END${1#*=}/cert.pem$LINE_END${1#*=}/key.pem$LINE_END" ;; esac
}

# Of a daemon that runs as a user: its daemon.json, and what else is its own in that user's home. `owner` is the uid.
home_place() {
    case $1 in
    HOME=/*) home=${1#*=} ;;
    XDG_CONFIG_HOME=/*) config_home=${1#*=} ;;
    XDG_RUNTIME_DIR=/*) runtime=${1#*=} ;;
    esac
}

rootless_places() {
    owner=$(awk '/^Uid:/ { print $3 }' "/proc/$1/status" 2>/dev/null)
    case $owner in 0 | '') return ;; esac
    home=
    config_home=
    runtime=
    each_line home_place "$environment"
    config_home=${config_home:-${home:+$home/.config}}
    runtime=${runtime:-/run/user/$owner}
    [ -n "$config_home" ] || return
    rootless="$rootless $1"
    printf ' config %s\n runtime %s\n' "$config_home" "$runtime"
    argument_paths="$argument_paths$config_home/docker$LINE_END$config_home/docker/daemon.json$LINE_END$config_home/docker/certs.d$LINE_END$config_home/systemd/user/docker.service$LINE_END$config_home/systemd/user/docker.socket$LINE_END$home/.docker/ca.pem$LINE_END$home/.docker/cert.pem$LINE_END$home/.docker/key.pem$LINE_END$runtime/docker.sock$LINE_END$runtime/docker/containerd/containerd.sock$LINE_END"
    for one in "$config_home"/systemd/user/docker.service.d/*.conf "$config_home"/systemd/user/docker.socket.d/*.conf; do
        if [ -e "$one" ]; then argument_paths="$argument_paths$one$LINE_END"; fi
    done
    certificates="$certificates$config_home/docker/certs.d$LINE_END"
    rootless_configs="$rootless_configs$config_home/docker/daemon.json$LINE_END"
}

# Where cgroups do not tell whose a process is (a rootless engine has none on cgroup v1), its ancestor does: the shim,
# or Podman's conmon, which has the container's id among its arguments. What runs below one is of a container, whatever
# it calls itself.
shim_argument() {
    case $before in -id | -c | --cid) case $1 in *[!0-9a-f]*) ;; *) if [ "${#1}" = 64 ]; then shim_id=${shim_id:-$1}; fi ;; esac ;; esac
    before=$1
}

shim() {
    before=
    shim_id=
    each_line shim_argument "$(arguments "$1")"
    [ -z "$shim_id" ] || shim_ids="$shim_ids$1 $shim_id$LINE_END"
}

shim_processes() {
    # Read by getline: an awk may end at an argument that it cannot open, and processes come and go.
    table=$(awk 'BEGIN {
        for (i = 1; i < ARGC; i++) {
            while ((getline < ARGV[i]) > 0)
                if ($1 == "Name:") name = $2
                else if ($1 == "Pid:") pid = $2
                else if ($1 == "PPid:") { print pid, $2, (name ~ /^(containerd-shim|conmon)/) ? "shim" : "-"; break }
            close(ARGV[i])
        } }' /proc/[0-9]*/status 2>/dev/null)
    shim_ids=
    each_line shim "$(printf '%s\n' "$table" | awk '{ parent[$1] = $2; kind[$1] = $3 }
        END {
            for (pid in kind) {
                if (kind[pid] != "shim") continue
                at = parent[pid]
                for (hops = 0; hops < 10000 && at in parent && kind[at] != "shim"; hops++) at = parent[at]
                if (!(at in parent) && count++ < 500) print pid
            } }')"
    printf '%s\n=\n%s' "$table" "$shim_ids" | awk '
        $1 == "=" { ids = 1; next }
        ids { id[$1] = $2; next }
        { parent[$1] = $2; pids[++count] = $1 }
        END {
            for (pid in id) shim[pid] = 1
            print "@cgroups"
            for (i = 1; i <= count; i++) {
                if (pids[i] in shim) continue
                at = pids[i]
                for (hops = 0; hops < 10000 && at in parent && !(at in id); hops++) at = parent[at]
                if (at in id) { id[pids[i]] = id[at]; print " /proc/" pids[i] "/cgroup:" id[at]; inside[++n] = pids[i] }
            }
            print "@status"
            for (i = 1; i <= n; i++) {
                file = "/proc/" inside[i] "/status"
                while ((getline line < file) > 0)
                    if (line ~ /^(Name|Pid|PPid|Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):/) print " " line
                close(file)
            }
        }'
}

daemon() {
    printf '@daemon\n pid %s\n' "$1"
    # Its effective user, its number in its own namespace, the container it is in, when it started.
    awk 'FILENAME ~ /status$/ && /^Uid:/ { print " uid " $3 }
         FILENAME ~ /status$/ && /^NSpid:/ { print " nspid " $NF }
         FILENAME ~ /cgroup$/ && !found { n = split($0, part, /[^0-9a-f]+/); for (i = 1; i <= n && !found; i++) if (length(part[i]) == 64) { print " container " part[i]; found = 1 } }
         FILENAME ~ /stat$/ { sub(/^.*\) /, ""); print " start_ticks " $20 }' "/proc/$1/status" "/proc/$1/cgroup" "/proc/$1/stat" 2>/dev/null
    exe=$(readlink "/proc/$1/exe" 2>/dev/null) && printf ' exe %s\n' "$exe"
    if [ -r "/proc/$1/environ" ]; then
        environment=$({ tr '\000' '\n' <"/proc/$1/environ"; } 2>/dev/null | sed -n 's/^\(DOCKER_TLS_VERIFY\|DOCKER_CERT_PATH\|DOCKER_CONFIG\|XDG_CONFIG_HOME\|XDG_RUNTIME_DIR\|HOME\)=/&/p')
        set -f
        IFS=$LINE_END
        for one in $environment; do printf ' env %s\n' "$one"; done
        unset IFS
        set +f
        each_line environment_path "$environment"
        rootless_places "$1"
    else
        echo ' env_denied'
    fi
    echo '@arguments'
    given=$(arguments "$1")
    [ -z "$given" ] || printf '%s\n' "$given" | sed 's/^/ /'
    take=
    each_line argument "$given"
}

# The unit files, their drop-ins and environment files: as systemd has loaded them, else where it would look.
unit_directories='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'

unit_property() {
    case $1 in
    FragmentPath=?* | DropInPaths=?*) paths_seen="$paths_seen ${1#*=}" ;;
    EnvironmentFiles=?*) one=${1#*=} paths_seen="$paths_seen ${one%% *}" ;;
    esac
}

units() {
    if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
        # One call for both; an empty line parts them.
        facts=$(systemctl show docker.service docker.socket -p ActiveState,FragmentPath,DropInPaths,EnvironmentFiles,Listen,MainPID,NeedDaemonReload,ExecStart 2>/dev/null |
            awk 'BEGIN { print "@unit"; print " unit docker.service" } !NF { print "@unit"; print " unit docker.socket"; next } { print " " $0 }')
        printf '%s\n' "$facts"
        each_line unit_property "$(printf '%s\n' "$facts" | sed -n 's/^ //p')"
        return
    fi
    for name in docker.service docker.socket; do
        fragment=
        dropins=
        for directory in $unit_directories; do
            if [ -z "$fragment" ] && [ -e "$directory/$name" ]; then fragment=$directory/$name; fi
            for path in "$directory/$name.d"/*.conf; do
                if [ -e "$path" ]; then dropins="$dropins${dropins:+ }$path"; fi
            done
        done
        facts=
        # shellcheck disable=SC2086
        if [ -n "$fragment$dropins" ]; then
            facts=$(sed -n 's/^EnvironmentFile=-*/EnvironmentFiles=/p; s/^ListenStream=/Listen=/p' $fragment $dropins 2>/dev/null)
        fi
        printf '@unit\n unit %s\n FragmentPath=%s\n DropInPaths=%s\n' "$name" "$fragment" "$dropins"
        lines "$facts"
        paths_seen="$paths_seen $fragment $dropins"
        each_line unit_property "$facts"
    done
}

# Paths that a daemon.json names, as "key": "path". Only candidates to look at: what is in force, the checks decide.
paths_in_json() {
    [ -r "$1" ] && tr -d '\n' <"$1" | grep -oE '"(tlscacert|tlscert|tlskey|containerd|data-root)"[[:space:]]*:[[:space:]]*"/[^"]*"|"unix:///[^"]*"'
}

json_path() {
    one=${1%\"} one=${one##*\"} one=${one#unix:??}
    case $1 in '"data-root"'*) root_in_json=${root_in_json:-$one} ;; esac
    json_paths="$json_paths$one$LINE_END"
}

# A rootless daemon's file names files of its own; the data root that root's daemon.json names stays another thing.
paths_of_rootless() {
    each_line json_path "$(paths_in_json "$1")"
}

wanted_files() {
    # shellcheck disable=SC2086
    printf '%s\n' /etc/docker /etc/docker/daemon.json /etc/docker/certs.d /etc/default/docker /etc/sysconfig/docker /var/run/docker.sock /run/docker.sock \
        /run/containerd /run/containerd/containerd.sock /run/docker/containerd/containerd.sock /run/podman/podman.sock /etc/containerd/config.toml \
        /root/.docker/ca.pem /root/.docker/cert.pem /root/.docker/key.pem $config $paths_seen
    printf '%s%s' "$json_paths" "$argument_paths"
}

absolute() {
    case $1 in /*) wanted="$wanted$1$LINE_END" ;; esac
}

# Where the programs are that really run, and where those of the same names would be found.
programs() {
    echo '@programs'
    # shellcheck disable=SC2086
    if [ -n "$engines" ]; then
        ls -ld $engines 2>/dev/null | sed -n 's/ (deleted)$//; s/.* -> \(\/.*\/\)\([^/]*\)$/ \2 \1\2/p' | sort -u
    fi
    for name in dockerd containerd containerd-shim containerd-shim-runc-v1 containerd-shim-runc-v2 runc; do
        IFS=:
        for directory in $PATH; do
            if [ -f "$directory/$name" ] && [ -x "$directory/$name" ]; then
                echo " $name $directory/$name"
                break
            fi
        done
        unset IFS
    done
    [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ] && echo ' reboot required'
}

# Rules as loaded in the kernel, and as configured; of files only lines that are rules.
audit_rules() {
    echo '@audit'
    if command -v auditctl >/dev/null 2>&1; then
        loaded=$(auditctl -l 2>&1)
        echo " status $?"
        printf '%s\n' "$loaded" | awk '/^-/ { print " loaded " $0; next } !said { print " said " $0; said = 1 }'
        auditctl -s 2>/dev/null | sed -n 's/^enabled / enabled /p'
    else
        echo ' absent'
    fi
    if [ -d /etc/audit ] && [ ! -x /etc/audit ]; then echo ' denied /etc/audit'; fi
    if [ -d /etc/audit/rules.d ] && [ ! -r /etc/audit/rules.d ]; then echo ' denied /etc/audit/rules.d'; fi
    set --
    for path in /etc/audit/audit.rules /etc/audit/rules.d/*.rules; do
        if [ -r "$path" ] && [ -f "$path" ]; then
            set -- "$@" "$path"
        elif [ -e "$path" ]; then
            printf ' denied %s\n' "$path"
        fi
    done
    [ "$#" = 0 ] || awk -v most="$CONTENT_MAX" 'BEGIN {
        for (i = 1; i < ARGC; i++) {
            print " file " ARGV[i]
            for (bytes = 0; bytes < most && (getline line < ARGV[i]) > 0; bytes += length(line) + 1)
                if (line ~ /^[ \t]*-/) { sub(/^[ \t]*/, "", line); print " rule " line }
            close(ARGV[i])
        } }' "$@"
}

database() {
    getent "$@" 2>/dev/null || { [ "$#" = 1 ] && cat "/etc/$1" 2>/dev/null; }
}

# Who belongs to the groups that own a listener of the engine, by group and by primary group; who is root by number.
accounts() {
    echo '@accounts'
    sockets=
    for path in $wanted; do
        case $path in *.sock) if [ -e "$path" ]; then sockets="$sockets $path"; fi ;; esac
    done
    # shellcheck disable=SC2086
    if [ -n "$sockets" ]; then gids=$(stat -L -c %g $sockets 2>/dev/null | sort -un | tr '\n' ' '); else gids=; fi
    { database group; echo ::passwd; database passwd; } | awk -F: -v gids=" $gids " '
        $1 == "" && $3 == "passwd" { users = 1; next }
        !users && ($1 == "docker" || index(gids, " " $3 " ")) && groups++ < 50 { mine[$3] = 1; print " group " $3 " " $1 " " $4 }
        users && ($3 == 0 || mine[$4] || index(gids, " " $4 " ")) && people++ < 2000 { print " user " $3 " " $4 " " $1 }'
}

# device, mount point, type; without the mounts of containers, whose writable layers are reported instead.
mounts() {
    echo '@mounts'
    table=$(awk '{ for (i = 7; i < NF && $i != "-"; i++); type = $(i + 1)
           id = $5
           sub(/^.*\//, "", id)
           own = length(id) == 64 && id !~ /[^0-9a-f]/ # containerd mounts a container where its id is
           if (type != "nsfs" && $5 !~ /\/(overlay2|rootfs)\/.*(merged|mounts)/ && !(own && $5 ~ /\/rootfs\//) && count++ < 2000) print " " $3 " " type " " $5
           if (type == "overlay" && match($0, /[ ,]upperdir=[^ ,]*\/(diff|fs)[ ,]/) && !seen[layer = substr($0, RSTART + 10, RLENGTH - 11)]++ && layers++ < 2000) {
               print "layer " layer
               if (own) print "of " id " " layer
           } }' /proc/self/mountinfo 2>/dev/null)
    owners=
    layers=
    each_line mount "$table"
}

mount() {
    case $1 in
    "layer "*) layers="$layers${1#layer }$LINE_END" ;;
    "of "*) owners="$owners ${1}$LINE_END" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

swarm_state() {
    root=${root_argument:-${root_in_json:-/var/lib/docker}}
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
    [ "$uid" = 0 ] && [ -n "$layers" ] || return
    echo '@drift'
    set -f
    IFS=$LINE_END
    # shellcheck disable=SC2086
    printf ' layer %s\n' $layers
    printf '%s' "$owners"
    # shellcheck disable=SC2086
    written=$(find $layers -xdev -mindepth 1 2>/dev/null | head -n 50000)
    unset IFS
    set +f
    [ -z "$written" ] || printf '%s\n' "$written" | tr '\n' '\000' | xargs -0 stat -c ' change %a %t:%T %s %F|%n' 2>/dev/null
}

# Every process of every container in one go: its cgroup names the container, its status tells who it is. Without root,
# and with /proc mounted hidepid, others' processes are not seen; the parser notices what is missing.
processes() {
    awk 'BEGIN {
        print "@cgroups"
        for (i = 1; i < ARGC; i++) {
            file = ARGV[i]
            for (; (getline line < file) > 0; ) {
                n = split(line, part, /[^0-9a-f]+/)
                for (k = 1; k <= n; k++)
                    if (length(part[k]) == 64 && !seen[file part[k]]++) {
                        print " " file ":" part[k]
                        if (!of[file]++) inside[++count] = file
                    }
            }
            close(file)
        }
        print "@status"
        for (i = 1; i <= count; i++) {
            file = inside[i]
            sub(/cgroup$/, "status", file)
            while ((getline line < file) > 0)
                if (line ~ /^(Name|Pid|PPid|Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):/) print " " line
            close(file)
        } }' /proc/[0-9]*/cgroup 2>/dev/null
}

# Of all processes, those whose names say what they are to Docker.
named_processes() {
    awk 'BEGIN {
        for (i = 1; i < ARGC; i++) {
            file = ARGV[i]
            name = ""
            getline name < file
            close(file)
            if (name ~ /^(dockerd$|containerd$|containerd-shim)/) { sub(/comm$/, "", file); print "engine " file "exe" }
            if (name == "dockerd") { gsub(/[^0-9]/, "", file); print "dockerd " file }
            if (name == "docker-proxy") proxies++
            if (name == "conmon") podman = 1
        }
        if (podman) print "podman"
        print "proxies " proxies + 0
    }' /proc/[0-9]*/comm 2>/dev/null
}

process() {
    case $1 in
    "engine "*) engines="$engines ${1#engine }" ;;
    "proxies "*) proxies=${1#proxies } ;;
    podman) rootless="$rootless podman" ;;
    "dockerd "*)
        daemon "${1#dockerd }"
        if [ -n "$config" ]; then content "$config"; fi
        ;;
    esac
}

host() {
    echo '@host'
    uid=$(id -u)
    echo " uid $uid"
    read -r name </proc/sys/kernel/hostname && echo " name $name"
    read -r kind </proc/sys/kernel/ostype && read -r release </proc/sys/kernel/osrelease && echo " kernel $kind $release"
    echo " ticks $(getconf CLK_TCK 2>/dev/null || echo 100)"
    awk 'function told(file) { return (getline line < file) > 0 }
        BEGIN {
            while (told("/proc/stat")) if (line ~ /^btime/) { sub(/^btime /, "", line); print " boot " line; break }
            while (told("/etc/os-release"))
                if (line ~ /^(ID|VERSION_ID|PRETTY_NAME)=/) { gsub(/"/, "", line); key = line; sub(/=.*/, "", key); sub(/^[^=]*=/, "", line); print " os " key " " line }
            if (told("/sys/kernel/security/lsm")) print " lsm " line
            if (told("/sys/fs/selinux/enforce")) print " selinux_enforce " line
        }'
    config=
    paths_seen=
    engines=
    argument_paths=
    root_argument=
    root_in_json=
    json_paths=
    rootless=
    rootless_configs=
    certificates=/etc/docker/certs.d$LINE_END
    if [ -r /run/docker.pid ]; then
        read -r pidfile </run/docker.pid || [ -n "$pidfile" ]
        case $pidfile in *[!0-9]* | '') ;; *) echo " pidfile $pidfile" ;; esac
    fi

    each_line process "$(named_processes)"
    echo '@proxies'
    echo " count ${proxies:-0}"

    content /etc/docker/daemon.json
    each_line content "$rootless_configs"
    units
    # shellcheck disable=SC2086
    for one in /etc/docker/daemon.json $config; do each_line json_path "$(paths_in_json "$one")"; done
    kept=$root_in_json
    each_line paths_of_rootless "$rootless_configs"
    root_in_json=$kept
    wanted=
    each_line absolute "$(wanted_files)"
    set -f
    IFS=$LINE_END
    # shellcheck disable=SC2046,SC2086
    files $wanted $(find -L $certificates -mindepth 1 -maxdepth 3 2>/dev/null | head -n 500)
    unset IFS
    set +f
    programs
    audit_rules
    accounts
    mounts
    swarm_state
    drift
    [ -z "$rootless" ] || shim_processes
}

# In a function, so that nothing runs before all has arrived, and nothing can read the rest of the script. The processes
# are looked at beside the rest; what they report waits in the pipe.
probe() {
    echo 'muster-probe 1'
    processes </dev/null | {
        host </dev/null
        cat
    }
    echo '@end'
}

probe </dev/null

# muster's probe: what only a shell on the host can tell. It reads and prints; it writes, changes and starts
# nothing. Sent over standard input to `sh -s`, it needs a POSIX sh (dash, bash, BusyBox ash) and the usual small
# tools.
#
# The format: each line begins with MARK, a word that muster draws anew for each run and sets before this script. Then
# comes "@name", which opens a record, or a blank and a field of it. A line without the mark belongs to the value above
# it. So no text of the host (a path, a file, a process) can become a line of ours: it cannot know the mark. The mark is
# never an argument of a program, which other users of the host could read. The last line is "@end".
LC_ALL=C
MARK=${MARK-}
export LC_ALL MARK
set -f
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
# Behind whatever the host is there for: its own process is made to wait for others, for CPU and disk.
renice -n 10 -p $$ >/dev/null 2>&1
ionice -c 3 -p $$ >/dev/null 2>&1
CONTENT_MAX=262144
ARGUMENTS_MAX=65536
TIME_MAX=${TIME_MAX:-60}
# Each program that is started costs the host a millisecond, so the shell itself does what it can, and one awk or stat
# does for all files what needs one.
LINE_END='
'
# Stands for a line end in a path, which lists of paths cannot hold. Such a path is reported, and not looked at.
ODD=$(printf '\001')

# A program that is missing, cannot be started, fails or is killed has not shown what it was asked for, and what it did
# not show would pass for what is not there: the whole answer says that it failed. ended NAME STATUS MOST: a status up to
# MOST is of a program that looked (find at a folder that has gone, grep for what there is none of); 141 is of one whose
# reader needed no more.
ended() {
    [ "$2" -le "$3" ] || [ "$2" = 141 ] || printf '\n%s@failed\n%s %s (exit %s)\n' "$MARK" "$MARK" "$1" "$2" >&4
    return "$2"
}

# try MOST NAME ARGUMENT...: where no process can be made, the shell itself ends.
try() {
    most=$1
    tried=$2
    shift
    trap 'ended "$tried" 2 0' EXIT
    command "$@"
    set -- $?
    trap - EXIT
    ended "$tried" "$1" "$most"
}

awk() { try 0 awk "$@"; }
cat() { try 0 cat "$@"; }
find() { try 1 find "$@"; }
grep() { try 1 grep "$@"; }
head() { try 1 head "$@"; }
id() { try 0 id "$@"; }
ls() { try 2 ls "$@"; }
sed() { try 2 sed "$@"; }
sort() { try 0 sort "$@"; }
stat() { try 1 stat "$@"; }
tr() { try 0 tr "$@"; }
xargs() { try 0 xargs "$@"; }

record() {
    printf '%s@%s\n' "$MARK" "$1"
}

field() {
    printf '%s %s\n' "$MARK" "$1"
}

# Lines of text that hold nothing foreign but one field each.
marked() {
    awk '{ print ENVIRON["MARK"] " " $0 }'
}

# Calls a function with each line of a text.
each_line() {
    IFS=$LINE_END
    for line in $2; do
        unset IFS
        "$1" "$line"
    done
    unset IFS
}

# What a folder that belongs to somebody else may hold is bounded, and a name with a line end becomes ODD: sets `found`,
# a line each. names_below MOST FOLDER DEPTH PATTERN
names_below() {
    found=
    [ -d "$2" ] || return
    found=$(find -L "$2" -mindepth 1 -maxdepth "$3" -name "$4" -print0 2>/dev/null | tr '\n\000' '\001\n' | head -n "$1") || ended find $? 1
    found=$found$LINE_END
}

# Sets `found` to what a pattern of the system's own folders matches, a line each.
matches() {
    found=
    set +f
    for one in "$1"/$2; do
        if [ -e "$one" ]; then
            case $one in *"$LINE_END"*) one=$1/$ODD ;; esac
            found="$found$one$LINE_END"
        fi
    done
    set -f
}

# A file to open: regular, so that no reader waits for a writer, and with a size, which those of the kernel's own file
# systems lack: to read one of them may wait, or do something.
openable() {
    case $1 in /dev/* | /proc/* | /sys/*) return 1 ;; esac
    [ -f "$1" ] && [ -s "$1" ] && [ -r "$1" ]
}

# absent, or hidden behind a folder that may not be searched?
absence() {
    up=$1
    while [ "$up" != / ] && [ -n "$up" ]; do
        up=${up%/*}
        if [ -d "${up:-/}" ]; then
            if [ -x "${up:-/}" ]; then field 'state absent'; else field 'state denied'; fi
            return
        fi
    done
    field 'state absent'
}

# GNU's and BusyBox's stat agree on these letters; -L judges the target of a symbolic link. What stat prints holds no
# name, and comes in the order of its arguments.
STAT='%a %u %g %s %Y %F'

file() {
    record file
    field "path $1"
    if [ -n "$2" ]; then field "stat $2"; else field 'state denied'; fi
}

# One whose list has another length than its names: a link, or one beside which another has gone.
file_alone() {
    one=$(stat ${2:+"$2"} -c "$STAT" "$1" 2>/dev/null) || ended stat $? 1
    file "$1" "$one"
}

files() {
    present=
    for path in "$@"; do
        case $path in
        *"$ODD"*) file "$path" '' ;;
        *)
            if [ -h "$path" ] && [ -e "$path" ]; then
                file_alone "$path" -L
                target=$(readlink -f "$path") || ended readlink $? 1
                field "target $target"
            elif [ -e "$path" ]; then
                present="$present$path$LINE_END"
            else
                record file
                field "path $path"
                absence "$path"
            fi
            ;;
        esac
    done
    IFS=$LINE_END
    # shellcheck disable=SC2086
    set -- $present
    [ "$#" != 0 ] || return
    stats=$(stat -c "$STAT" "$@" 2>/dev/null) || ended stat $? 1
    count=0
    for one in $stats; do count=$((count + 1)); done
    if [ "$count" = "$#" ]; then
        for one in $stats; do
            file "$1" "$one"
            shift
        done
    else
        # One is gone since.
        for path in "$@"; do file_alone "$path" ''; done
    fi
}

# What is in a file that belongs to a user comes from a program that is ended when it takes long: the user could put
# something else in the file's place just now.
content() {
    record content
    field "path $1"
    case $1 in
    *"$ODD"*) field 'state denied' ;;
    /dev/* | /proc/* | /sys/*) field 'state special' ;;
    *)
        if [ ! -e "$1" ]; then
            absence "$1"
        elif [ ! -f "$1" ]; then
            field 'state special'
        elif [ ! -r "$1" ]; then
            field 'state denied'
        else
            field 'state read'
            modified=$(stat -L -c 'mtime %Y' "$1" 2>/dev/null) || ended stat $? 1
            [ -z "$modified" ] || field "$modified"
            record text
            if openable "$1"; then
                $patience head -c "$CONTENT_MAX" "$1"
                ended head $? 124
                echo
            fi
        fi
        ;;
    esac
}

# One argument a line; a line end inside an argument becomes \001.
arguments() {
    head -c "$ARGUMENTS_MAX" "/proc/$1/cmdline" 2>/dev/null | tr '\n\000' '\001\n'
}

# What one argument of dockerd names; `take` holds the flag whose value is the next one.
argument() {
    case $take in
    config) config=$1 ;;
    root) if [ "$owner" = 0 ]; then root_argument=$1; fi ;;
    path) argument_paths="$argument_paths${1#unix:??}$LINE_END" ;;
    esac
    take=
    case $1 in
    --config-file=*) config=${1#*=} ;;
    --config-file) take=config ;;
    --data-root=* | --graph=*) if [ "$owner" = 0 ]; then root_argument=${1#*=}; fi ;;
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
    [ "$owner" != 0 ] || return
    home=
    config_home=
    runtime=
    each_line home_place "$environment"
    config_home=${config_home:-${home:+$home/.config}}
    runtime=${runtime:-/run/user/$owner}
    [ -n "$config_home" ] || return
    rootless="$rootless $1"
    field "config $config_home"
    field "runtime $runtime"
    if [ -z "$patience" ] && timeout 5 true 2>/dev/null; then patience='timeout 5'; fi
    argument_paths="$argument_paths$config_home/docker$LINE_END$config_home/docker/daemon.json$LINE_END$config_home/docker/certs.d$LINE_END$config_home/systemd/user/docker.service$LINE_END$config_home/systemd/user/docker.socket$LINE_END$home/.docker/ca.pem$LINE_END$home/.docker/cert.pem$LINE_END$home/.docker/key.pem$LINE_END$runtime/docker.sock$LINE_END$runtime/docker/containerd/containerd.sock$LINE_END"
    for unit in docker.service docker.socket; do
        names_below 100 "$config_home/systemd/user/$unit.d" 1 '*.conf'
        argument_paths="$argument_paths$found"
    done
    certificates="$certificates$config_home/docker/certs.d$LINE_END"
    rootless_configs="$rootless_configs$config_home/docker/daemon.json$LINE_END"
}

# Where cgroups do not tell whose a process is (a rootless engine has none on cgroup v1), its ancestor does: the shim,
# or Podman's conmon, which has the container's id among its arguments. What runs below one is of a container, whatever
# it calls itself. A shim is a process of the host: one inside a container has numbers of its own besides (NSpid).
shim_argument() {
    case $before in -id | -c | --cid) case $1 in *[!0-9a-f]*) ;; *) if [ "${#1}" = 64 ]; then shim_id=${shim_id:-$1}; fi ;; esac ;; esac
    before=$1
}

shim() {
    before=
    shim_id=
    given=$(arguments "$1") || ended tr $? 0
    each_line shim_argument "$given"
    [ -z "$shim_id" ] || shim_ids="$shim_ids$1 $shim_id$LINE_END"
}

shim_processes() {
    # Read by getline: an awk may end at an argument that it cannot open, and processes come and go.
    set +f
    table=$(awk 'BEGIN {
        for (i = 1; i < ARGC; i++) {
            name = parent = ""
            while ((getline < ARGV[i]) > 0)
                if ($1 == "Name:") name = $2
                else if ($1 == "Pid:") pid = $2
                else if ($1 == "PPid:") parent = $2
                else if ($1 == "NSpid:") { print pid, parent, (name ~ /^(containerd-shim|conmon)/ && NF == 2) ? "shim" : "-"; break }
            close(ARGV[i])
        } }' /proc/[0-9]*/status 2>/dev/null) || ended awk $? 0
    set -f
    shim_ids=
    shims=$(printf '%s\n' "$table" | awk '{ parent[$1] = $2; kind[$1] = $3 }
        END {
            for (pid in kind) {
                if (kind[pid] != "shim") continue
                at = parent[pid]
                for (hops = 0; hops < 1000 && at in parent && kind[at] != "shim"; hops++) at = parent[at]
                if (!(at in parent) && count++ < 500) print pid
            } }') || ended awk $? 0
    each_line shim "$shims"
    printf '%s\n=\n%s' "$table" "$shim_ids" | awk '
        BEGIN { mark = ENVIRON["MARK"] }
        $1 == "=" { ids = 1; next }
        ids { id[$1] = $2; next }
        { parent[$1] = $2; pids[++count] = $1 }
        END {
            for (pid in id) shim[pid] = 1
            print mark "@cgroups"
            for (i = 1; i <= count; i++) {
                if (pids[i] in shim) continue
                at = pids[i]
                for (hops = 0; hops < 1000 && at in parent && !(at in id); hops++) at = parent[at]
                if (at in id) { id[pids[i]] = id[at]; print mark " /proc/" pids[i] "/cgroup:" id[at]; inside[++n] = pids[i] }
            }
            print mark "@status"
            for (i = 1; i <= n; i++) {
                file = "/proc/" inside[i] "/status"
                while ((getline line < file) > 0)
                    if (line ~ /^(Name|Pid|PPid|Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):/) print mark " " line
                close(file)
            }
        }'
}

# A daemon, by its number and its effective user.
daemon() {
    record daemon
    field "pid $1"
    owner=$2
    field "uid $owner"
    # Its number in its own namespace, and when it started.
    awk -v folder="/proc/$1/" 'BEGIN {
        mark = ENVIRON["MARK"]
        while ((getline < (folder "status")) > 0) if ($1 == "NSpid:") print mark " nspid " $NF
        if ((getline < (folder "stat")) > 0) { sub(/^.*\) /, ""); print mark " start_ticks " $20 }
    }'
    exe=$(readlink "/proc/$1/exe" 2>/dev/null) || ended readlink $? 1
    [ -z "$exe" ] || field "exe $exe"
    if [ -r "/proc/$1/environ" ]; then
        environment=$(head -c "$ARGUMENTS_MAX" "/proc/$1/environ" 2>/dev/null | tr '\n\000' '\001\n' | sed -n 's/^\(DOCKER_TLS_VERIFY\|DOCKER_CERT_PATH\|DOCKER_CONFIG\|XDG_CONFIG_HOME\|XDG_RUNTIME_DIR\|HOME\)=/&/p') || ended sed $? 0
        IFS=$LINE_END
        for one in $environment; do field "env $one"; done
        unset IFS
        each_line environment_path "$environment"
        rootless_places "$1"
    else
        field env_denied
    fi
    record arguments
    given=$(arguments "$1") || ended tr $? 0
    [ -z "$given" ] || printf '%s\n' "$given" | marked
    take=
    config=
    each_line argument "$given"
    [ -n "$config" ] || return
    content "$config"
    if [ "$owner" = 0 ]; then root_configs="$root_configs$config$LINE_END"; else user_configs="$user_configs$config$LINE_END"; fi
}

# The unit files, their drop-ins and environment files: as systemd has loaded them, else where it would look.
unit_directories='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system'

# systemd prints the words of a list with blanks between them, in quotes where they hold some.
unit_property() {
    case $1 in
    FragmentPath=?*) paths_seen="$paths_seen${1#*=}$LINE_END" ;;
    DropInPaths=?*)
        one=${1#*=}
        case $one in
        *[\"\'\\$]*) paths_seen="$paths_seen/etc/systemd/system/$ODD$LINE_END" ;;
        *) for one in $one; do paths_seen="$paths_seen$one$LINE_END"; done ;;
        esac
        ;;
    EnvironmentFiles=?*) one=${1#*=} paths_seen="$paths_seen${one%% (ignore_errors=*}$LINE_END" ;;
    esac
}

# What systemd has loaded; false where there is no systemd (`active` is empty then), and where it does not answer for
# exactly the two units. An empty line parts them. Of a property that comes twice the last is systemd's own, but for
# those that are lists: a line end in a command makes lines.
loaded_units() {
    active=
    [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1 || return 1
    active=unknown
    facts=$(systemctl show docker.service docker.socket -p ActiveState,FragmentPath,DropInPaths,EnvironmentFiles,Listen,MainPID,NeedDaemonReload,ExecStart 2>/dev/null)
    case $facts in *"$LINE_END$LINE_END"*"$LINE_END$LINE_END"*) return 1 ;; *"$LINE_END$LINE_END"*) ;; *) return 1 ;; esac
    record unit
    field 'unit docker.service'
    printf '%s\n' "$facts" | awk 'BEGIN { mark = ENVIRON["MARK"] } !NF { print mark "@unit"; print mark " unit docker.socket"; next } /^(ActiveState|FragmentPath|DropInPaths|EnvironmentFiles|Listen|MainPID|NeedDaemonReload|ExecStart)=/ { print mark " " $0 }'
    each_line unit_property "$facts"
}

units() {
    if loaded_units; then return; fi
    for name in docker.service docker.socket; do
        fragment=
        dropins=
        for directory in $unit_directories; do
            if [ -z "$fragment" ] && [ -e "$directory/$name" ]; then fragment=$directory/$name; fi
            if [ -d "$directory/$name.d" ]; then
                matches "$directory/$name.d" '*.conf'
                dropins="$dropins$found"
            fi
        done
        facts=
        IFS=$LINE_END
        # shellcheck disable=SC2086
        if [ -n "$fragment$dropins" ]; then
            facts=$(sed -n 's/^EnvironmentFile=-*/EnvironmentFiles=/p; s/^ListenStream=/Listen=/p' $fragment $dropins 2>/dev/null) || ended sed $? 2
        fi
        record unit
        field "unit $name"
        [ -z "$active" ] || field "ActiveState=$active"
        field "FragmentPath=$fragment"
        if [ -z "$dropins" ]; then field 'DropInPaths='; else for one in $dropins; do field "DropInPaths=$one"; done; fi
        for one in $facts; do field "$one"; done
        unset IFS
        paths_seen="$paths_seen$fragment$LINE_END$dropins"
        each_line unit_property "$facts"
    done
}

# Paths that a daemon.json names, as "key": "path". Only candidates to look at: what is in force, the checks decide.
paths_in_json() {
    openable "$1" || return 0
    $patience head -c "$CONTENT_MAX" "$1" | tr -d '\n' | grep -oE '"(tlscacert|tlscert|tlskey|containerd|data-root)"[[:space:]]*:[[:space:]]*"/[^"]*"|"unix:///[^"]*"'
}

json_path() {
    one=${1%\"} one=${one##*\"} one=${one#unix:??}
    case $1 in '"data-root"'*) root_in_json=${root_in_json:-$one} ;; esac
    json_paths="$json_paths$one$LINE_END"
}

paths_of_json() {
    paths=$(paths_in_json "$1") || ended grep $? 1
    each_line json_path "$paths"
}

# A daemon's own file names files of its own; the data root is that of root's.
paths_of_other() {
    kept=$root_in_json
    paths_of_json "$1"
    root_in_json=$kept
}

wanted_files() {
    printf '%s\n' /etc/docker /etc/docker/daemon.json /etc/docker/certs.d /etc/default/docker /etc/sysconfig/docker /var/run/docker.sock /run/docker.sock \
        /run/containerd /run/containerd/containerd.sock /run/docker/containerd/containerd.sock /run/podman/podman.sock /etc/containerd/config.toml \
        /root/.docker/ca.pem /root/.docker/cert.pem /root/.docker/key.pem "${root_argument:-${root_in_json:-/var/lib/docker}}"
    printf '%s' "$root_configs$user_configs$paths_seen$json_paths$argument_paths"
}

absolute() {
    case $1 in /*) wanted="$wanted$1$LINE_END" ;; esac
}

certificate_files() {
    names_below 500 "$1" 3 '*'
    wanted="$wanted$found"
}

# Where the programs are that root's processes of the host run, and where those of the same names would be found. GNU's
# ls writes a line end in a name as it is, unless it is asked not to; BusyBox's never does.
programs() {
    record programs
    if [ -n "$engines" ]; then
        # shellcheck disable=SC2086
        links=$(ls -ldq $engines 2>/dev/null) || ended ls $? 2
        # shellcheck disable=SC2086
        [ -n "$links" ] || links=$(ls -ld $engines 2>/dev/null) || ended ls $? 2
        printf '%s\n' "$links" | sed -n 's/ (deleted)$//; s/.* -> \(\/.*\/\)\([^/]*\)$/\2 \1\2/p' | sort -u | marked
    fi
    for name in dockerd containerd containerd-shim containerd-shim-runc-v1 containerd-shim-runc-v2 runc; do
        IFS=:
        for directory in $PATH; do
            if [ -f "$directory/$name" ] && [ -x "$directory/$name" ]; then
                field "$name $directory/$name"
                break
            fi
        done
        unset IFS
    done
    [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ] && field 'reboot required'
}

# Rules as loaded in the kernel, and as configured; of files only lines that are rules.
audit_rules() {
    record audit
    if command -v auditctl >/dev/null 2>&1; then
        loaded=$(auditctl -l 2>&1)
        audit_status=$?
        [ "$audit_status" = 255 ] || ended auditctl "$audit_status" 125
        field "status $audit_status"
        printf '%s\n' "$loaded" | awk 'BEGIN { mark = ENVIRON["MARK"] } /^-/ { print mark " loaded " $0; next } !said { print mark " said " $0; said = 1 }'
        auditctl -s 2>/dev/null | sed -n 's/^enabled /enabled /p' | marked
    else
        field absent
    fi
    if [ -d /etc/audit ] && [ ! -x /etc/audit ]; then field 'denied /etc/audit'; fi
    if [ -d /etc/audit/rules.d ] && [ ! -r /etc/audit/rules.d ]; then field 'denied /etc/audit/rules.d'; fi
    matches /etc/audit/rules.d '*.rules'
    set --
    IFS=$LINE_END
    for path in /etc/audit/audit.rules $found; do
        if [ -r "$path" ] && [ -f "$path" ]; then
            set -- "$@" "$path"
        else
            case $path in *"$ODD"*) field "denied $path" ;; *) [ ! -e "$path" ] || field "denied $path" ;; esac
        fi
    done
    unset IFS
    [ "$#" = 0 ] || awk -v most="$CONTENT_MAX" 'BEGIN {
        mark = ENVIRON["MARK"]
        for (i = 1; i < ARGC; i++) {
            print mark " file " ARGV[i]
            for (bytes = 0; bytes < most && (getline line < ARGV[i]) > 0; bytes += length(line) + 1)
                if (line ~ /^[ \t]*-/) { sub(/^[ \t]*/, "", line); print mark " rule " line }
            close(ARGV[i])
        } }' "$@"
}

database() {
    if command -v getent >/dev/null 2>&1; then
        try 0 getent "$1" 2>/dev/null
    elif [ -r "/etc/$1" ]; then
        cat "/etc/$1"
    fi
}

# Who belongs to the groups that own a listener of the engine, by group and by primary group; who is root by number.
accounts() {
    record accounts
    sockets=
    IFS=$LINE_END
    for path in $wanted; do
        case $path in *.sock) if [ -e "$path" ]; then sockets="$sockets$path$LINE_END"; fi ;; esac
    done
    # shellcheck disable=SC2086
    if [ -n "$sockets" ]; then gids=$(stat -L -c %g $sockets 2>/dev/null | sort -un | tr '\n' ' ') || ended stat $? 1; else gids=; fi
    unset IFS
    { database group; echo ::passwd; database passwd; } | awk -F: -v gids=" $gids " '
        BEGIN { mark = ENVIRON["MARK"] }
        $1 == "" && $3 == "passwd" { users = 1; next }
        !users && ($1 == "docker" || index(gids, " " $3 " ")) && groups++ < 50 { mine[$3] = 1; print mark " group " $3 " " $1 " " $4 }
        users && ($3 == 0 || mine[$4] || index(gids, " " $4 " ")) && people++ < 2000 { print mark " user " $3 " " $4 " " $1 }'
}

# device, mount point, type; without the mounts of containers, whose writable layers are reported instead. The kernel
# escapes blanks, line ends and backslashes; find could not open a layer whose path has any.
mounts() {
    record mounts
    table=$(awk '{ for (i = 7; i < NF && $i != "-"; i++); type = $(i + 1)
           id = $5
           sub(/^.*\//, "", id)
           own = length(id) == 64 && id !~ /[^0-9a-f]/ # containerd mounts a container where its id is
           if (type != "nsfs" && $5 !~ /\/(overlay2|rootfs)\/.*(merged|mounts)/ && !(own && $5 ~ /\/rootfs\//) && count++ < 2000) print $3 " " type " " $5
           if (type == "overlay" && match($0, /[ ,]upperdir=[^ ,]*\/(diff|fs)[ ,]/) && !seen[layer = substr($0, RSTART + 10, RLENGTH - 11)]++ && layer !~ /\\/ && layers++ < 2000) {
               print "layer " layer
               if (own) print "of " id " " layer
           } }' /proc/self/mountinfo 2>/dev/null) || ended awk $? 0
    owners=
    layers=
    each_line mount "$table"
}

mount() {
    case $1 in
    "layer "*) layers="$layers${1#layer }$LINE_END" ;;
    "of "*) owners="$owners$1$LINE_END" ;;
    *) field "$1" ;;
    esac
}

swarm_state() {
    path=${root_argument:-${root_in_json:-/var/lib/docker}}/swarm/docker-state.json
    record swarm
    if [ ! -e "$path" ]; then
        absence "$path"
    elif ! openable "$path"; then
        field 'state denied'
    else
        field 'state read'
        head -c 65536 "$path" | tr -d '\n' | grep -oE '"(ListenAddr|AdvertiseAddr|DataPathAddr|LocalAddr|RemoteAddr)" *: *"[^"]*"' | sed 's/"\([A-Za-z]*\)" *: *"\(.*\)"/\1 \2/' | marked
    fi
}

# What was written in the writable layers of the running containers, without asking the engine to walk whole images.
# Names are a container's own: one with a line end is left out of the list, and its layer is reported as odd.
CHANGES_MAX=50000
drift() {
    [ "$uid" = 0 ] && [ -n "$layers" ] || return
    record drift
    IFS=$LINE_END
    for one in $layers; do field "layer $one"; done
    for one in $owners; do field "$one"; done
    # shellcheck disable=SC2086
    written=$(find $layers -xdev -mindepth 1 -print0 2>/dev/null | tr '\n\000' '\001\n' | head -n "$CHANGES_MAX") || ended find $? 1
    case $written in
    *"$ODD"*)
        odd=$LINE_END$(printf '%s\n' "$written" | sed -n "/$ODD/p") || ended sed $? 0
        for one in $layers; do
            case $odd in *"$LINE_END$one/"*) field "odd $one" ;; esac
        done
        ;;
    esac
    unset IFS
    [ -n "$written" ] || return 0
    printf '%s\n' "$written" | sed "/$ODD/d" | tr '\n' '\000' | xargs -0 sh -c 'stat -c "change %a %t:%T %s %F|%n" "$@" 2>/dev/null; [ $? -le 1 ]' sh | marked
    printf '%s\n' "$written" | sed -n "${CHANGES_MAX}s/^/cut /p" | marked
}

# Every process of every container in one go: its cgroup names the container, its status says who it is. The outermost
# container is the one that the host's engine started; what is nested below it the container itself may have named.
# Without root, and with /proc mounted hidepid, others' processes are not seen; the parser notices what is missing.
processes() {
    set +f
    awk 'BEGIN {
        mark = ENVIRON["MARK"]
        print mark "@cgroups"
        for (i = 1; i < ARGC; i++) {
            file = ARGV[i]
            for (; (getline line < file) > 0; ) {
                n = split(line, part, /[^0-9a-f]+/)
                for (k = 1; k <= n; k++)
                    if (length(part[k]) == 64) {
                        if (!seen[file part[k]]++) print mark " " file ":" part[k]
                        if (!of[file]++) inside[++count] = file
                        break
                    }
            }
            close(file)
        }
        print mark "@status"
        for (i = 1; i <= count; i++) {
            file = inside[i]
            sub(/cgroup$/, "status", file)
            while ((getline line < file) > 0)
                if (line ~ /^(Name|Pid|PPid|Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):/) print mark " " line
            close(file)
        } }' /proc/[0-9]*/cgroup 2>/dev/null
    set -f
}

# Of all processes, those whose names say what they are to Docker. Anybody may take such a name, so the daemons of root
# come first, then two of each other user, and none of a container: one whose cgroup names it, or that has numbers of
# its own and is root's. One that has ended and was not waited for is none.
named_processes() {
    set +f
    awk 'function one_line(file,  text, rest) {
            text = ""
            if ((getline text < file) > 0 && (getline rest < file) > 0) text = ""
            close(file)
            return text
        }
        function in_container(folder,  line, part, n, k, found) {
            found = 0
            while ((getline line < (folder "cgroup")) > 0) {
                n = split(line, part, /[^0-9a-f]+/)
                for (k = 1; k <= n; k++) if (length(part[k]) == 64) found = 1
            }
            close(folder "cgroup")
            return found
        }
        BEGIN {
        for (i = 1; i < ARGC; i++) {
            folder = ARGV[i]
            name = one_line(folder)
            if (name == "docker-proxy") proxies++
            if (name == "conmon") podman = 1
            if (name !~ /^(dockerd$|containerd$|containerd-shim)/) continue
            sub(/comm$/, "", folder)
            pid = folder
            gsub(/[^0-9]/, "", pid)
            uid = nested = state = ""
            while ((getline line < (folder "status")) > 0) {
                split(line, word)
                if (word[1] == "State:") state = word[2]
                if (word[1] == "Uid:") uid = word[3]
                if (word[1] == "NSpid:") nested = word[3]
            }
            close(folder "status")
            if (uid == "" || state == "Z" || (uid == 0 && nested != "") || in_container(folder)) continue
            if (uid == 0) print "engine " folder "exe"
            if (name == "dockerd" && uid == 0 && roots++ < 16) print "dockerd " pid " 0"
            if (name == "dockerd" && uid != 0 && of[uid]++ < 2) users[++count] = pid " " uid
        }
        for (i = 1; i <= count && i <= 16; i++) print "dockerd " users[i]
        if (podman) print "podman"
        print "proxies " proxies + 0
    }' /proc/[0-9]*/comm 2>/dev/null
    set -f
}

process() {
    case $1 in
    "engine "*) engines="$engines ${1#engine }" ;;
    "proxies "*) proxies=${1#proxies } ;;
    podman) rootless="$rootless podman" ;;
    "dockerd "*)
        one=${1#dockerd }
        daemon "${one% *}" "${one#* }"
        ;;
    esac
}

host() {
    record host
    uid=$(id -u) || ended id $? 0
    field "uid $uid"
    read -r name </proc/sys/kernel/hostname && field "name $name"
    read -r kind </proc/sys/kernel/ostype && read -r release </proc/sys/kernel/osrelease && field "kernel $kind $release"
    ticks=$(getconf CLK_TCK 2>/dev/null) || ticks=100 # BusyBox has none, and all Linux that runs Docker has 100
    field "ticks $ticks"
    awk 'function read_line(file) { return (getline line < file) > 0 }
        BEGIN {
            mark = ENVIRON["MARK"]
            while (read_line("/proc/stat")) if (line ~ /^btime/) { sub(/^btime /, "", line); print mark " boot " line; break }
            while (read_line("/etc/os-release"))
                if (line ~ /^(ID|VERSION_ID|PRETTY_NAME)=/) { gsub(/"/, "", line); key = line; sub(/=.*/, "", key); sub(/^[^=]*=/, "", line); print mark " os " key " " line }
            if (read_line("/sys/kernel/security/lsm")) print mark " lsm " line
            if (read_line("/sys/fs/selinux/enforce")) print mark " selinux_enforce " line
        }'
    root_configs=
    user_configs=
    paths_seen=
    engines=
    argument_paths=
    root_argument=
    root_in_json=
    json_paths=
    rootless=
    rootless_configs=
    patience=
    certificates=/etc/docker/certs.d$LINE_END
    if [ -f /run/docker.pid ] && [ -r /run/docker.pid ]; then
        read -r pidfile </run/docker.pid || [ -n "$pidfile" ]
        case $pidfile in *[!0-9]* | '') ;; *) field "pidfile $pidfile" ;; esac
    fi

    named=$(named_processes) || ended awk $? 0
    each_line process "$named"
    record proxies
    field "count ${proxies:-0}"

    content /etc/docker/daemon.json
    each_line content "$rootless_configs"
    units
    paths_of_json /etc/docker/daemon.json
    each_line paths_of_json "$root_configs"
    each_line paths_of_other "$rootless_configs$user_configs"
    wanted=
    names=$(wanted_files) || ended sh $? 0
    each_line absolute "$names"
    each_line certificate_files "$certificates"
    IFS=$LINE_END
    # shellcheck disable=SC2086
    set -- $wanted
    unset IFS
    files "$@"
    programs
    audit_rules
    accounts
    mounts
    swarm_state
    drift
    [ -z "$rootless" ] || shim_processes
}

# What descends from this shell, a number each, but for the caller and what it started.
descendants() {
    set +f
    command awk -v own="$1" -v root=$$ 'BEGIN {
        for (i = 1; i < ARGC; i++) {
            if ((getline line < ARGV[i]) > 0) {
                pid = line
                sub(/ .*/, "", pid)
                sub(/^.*\) /, "", line)
                split(line, word, " ")
                parent[pid] = word[2]
            }
            close(ARGV[i])
        }
        for (pid in parent) {
            at = pid
            for (hops = 0; hops < 100 && at != root && at != own && at in parent; hops++) at = parent[at]
            if (at == root && pid != root) print pid
        } }' /proc/[0-9]*/stat 2>/dev/null
}

# Ends all of it, as a guard. What is stopped starts nothing more: all that descends is stopped until there is none that
# was not, so that no child is left without a parent by which to find it. This shell only waits for them. It is not
# stopped, for sudo would stop too, so it may come to its end meanwhile: what was stopped before is killed all the same.
# Where it has gone already, the other guard is ended.
reap() {
    trap '' TERM
    read -r own _ _ parent _ </proc/self/stat
    if [ "$parent" != $$ ]; then
        [ -z "$guards" ] || kill $guards 2>/dev/null
        return
    fi
    stopped='' all=''
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        left=$(descendants "$own" | command sort -n)
        [ "$left" != "$stopped" ] || break
        stopped=$left all="$all $left"
        # shellcheck disable=SC2086
        kill -STOP $left 2>/dev/null
    done
    # shellcheck disable=SC2086
    kill -9 $$ $all 2>/dev/null
}

# Nothing of the probe outlives its connection, nor TIME_MAX seconds: a timer, and where muster keeps the standard input
# open until it has all (HELD), a look at its end.
guarded() {
    guards=
    trap : PIPE # whoever reads no more is seen by the guard; this shell has to be there until then
    (
        trap 'kill -9 $!; exit 0' TERM # any other signal is lost on a child that is not the sleep yet
        sleep "$TIME_MAX" &
        wait $!
        reap
    ) </dev/null >/dev/null 2>&1 &
    guards=$!
    if [ -n "${HELD-}" ]; then
        (
            read -r _
            reap
        ) <&3 >/dev/null 2>&1 &
        guards="$guards $!"
    fi
    exec 3<&-
    probe </dev/null
    # shellcheck disable=SC2086
    kill $guards 2>/dev/null
}

# In a function, so that nothing runs before all has arrived, and nothing can read the rest of the script. The processes
# are looked at beside the rest; what they report waits in the pipe. The end comes last through it: where one of the two
# shells has not come to its end, there is none.
probe() {
    exec 4>&1
    printf '%smuster-probe 2\n' "$MARK"
    {
        processes </dev/null
        record end
    } | {
        host </dev/null
        cat
    }
}

{
    exec 3<&0
    guarded
    exit 0
} # the end of muster's probe

"""The measurements of tests/bench/run, which raises the lab for them. Each is a ratio against a baseline of the same run;
the aims are those of docs/performance.md. Exit code 1 when an aim is missed."""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
PARTS = sys.argv[2:] or ["one", "ssh", "tunnel", "rtt", "scale", "bad"]
HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.environ["MUSTER_LAB"]
MUSTER = f"{BUILD}/muster"
WORK = tempfile.mkdtemp(prefix="muster-bench.")
ADDRESS = {"hardened": "10.213.77.12"}
rows, started = [], []


def measure(command, repeat=3, env=None):
    """Median wall and CPU seconds of the whole process tree, and the largest resident set of one process in MB."""
    walls, cpus, peak = [], [], 0
    for _ in range(repeat):
        with open(f"{WORK}/out", "wb") as out:
            begin = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       env=dict(os.environ, XDG_STATE_HOME=f"{WORK}/state", HOME=WORK, **(env or {})))
            _, status, usage = os.wait4(process.pid, 0)
            walls.append(time.monotonic() - begin)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in (0, 1, 4, 5):
            sys.exit(f"{command}: {open(f'{WORK}/out', encoding='utf-8', errors='replace').read()[-2000:]}")
    return {"wall": statistics.median(walls), "cpu": statistics.median(cpus), "mb": peak}


def row(what, value, baseline, aim, unit="s", note=""):
    ratio = value / baseline if baseline else 0
    met = aim is None or ratio <= aim
    rows.append({"what": what, "value": round(value, 5), "baseline": round(baseline, 5), "unit": unit, "ratio": round(ratio, 3),
                 "aim": aim, "met": met, "note": note})
    print(f"{what:<66} {value:10.4f} {baseline:10.4f} {unit:<3} {ratio:6.2f}  {'-' if aim is None else f'<= {aim:g}':<8} "
          f"{'' if met else 'MISSED'} {note}", flush=True)


def pid_of(host):
    with open(f"{LAB}/{host}/pid", encoding="utf-8") as file:
        return file.read().strip()


def inside(host, *command):
    return ["nsenter", "-t", pid_of(host), "-m", "-u", "-i", "-n", "-p", "env", "HOME=/root", "DOCKER_HOST=", *command]


def docker(host, *arguments):
    return subprocess.run([f"{HERE}/../lab/lab", "docker", host, *arguments], check=True, capture_output=True, text=True).stdout


def containers(host, image, count):
    """As many running containers as asked for, those that are there already among them."""
    names = docker(host, "ps", "--format", "{{.Names}}").split()
    many = [f"bench-{i}" for i in range(count - len([n for n in names if not n.startswith("bench-")]))]
    surplus = [n for n in names if n.startswith("bench-") and n not in many]
    if surplus:
        docker(host, "rm", "-f", *surplus)
    for name in (n for n in many if n not in names):
        docker(host, "run", "-d", "--name", name, "--network", "none", "--log-driver", "none", image, "sleep", "100000")


def spawn(*command):
    process = subprocess.Popen(command)
    started.append(process)
    return process


def wait_for(path):
    for _ in range(200):
        if os.path.exists(path) and os.path.getsize(path):
            with open(path, encoding="utf-8") as file:
                return file.read().split()
        time.sleep(0.05)
    sys.exit(f"{path} did not appear")


def put(host, source, name):
    folder = f"{LAB}/{host}/root/opt/bench"
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["cp", source, f"{folder}/{name}"], check=True)
    return f"/opt/bench/{name}"


# --- one host, 100 containers, its own socket ---

def one():
    host = "hardened"
    containers(host, "registry.example/app:1", 100)
    muster = put(host, MUSTER, "muster")
    ids = docker(host, "ps", "-aq", "--no-trunc").split()
    images = docker(host, "images", "-q", "--no-trunc").split()
    paths = ["_ping", "info", "version", "networks", "volumes", "images/json", "containers/json?all=1"]
    paths += [f"containers/{i}/json" for i in ids] + [f"images/{i}/{w}" for i in images for w in ("json", "history")]
    with open(f"{WORK}/urls", "w", encoding="utf-8") as file:
        file.writelines(f'url = "http://localhost/{p}"\noutput = "/dev/null"\n' for p in paths)
    urls = put(host, f"{WORK}/urls", "urls")
    floor = measure(inside(host, "curl", "-s", "--parallel", "--parallel-max", "8", "--unix-socket", "/run/docker.sock", "-K", urls), 7)
    full = measure(inside(host, muster, "scan", "unix:///run/docker.sock", "-q", "-o", "/tmp/r.json"), 7)
    row("one host, 100 containers, all checks: wall, to curl fetching the same", full["wall"], floor["wall"], 2)
    row("one host, 100 containers, all checks: CPU, to curl (probe's shell counted)", full["cpu"], floor["cpu"], None)


# --- 300 addresses of one sshd, 10 containers ---

def ssh():
    host = "inner"
    containers(host, "lab/busybox:1", 10)
    muster, key = put(host, MUSTER, "muster"), put(host, f"{LAB}/id_ed25519", "key")
    os.chmod(f"{LAB}/{host}/root/opt/bench/key", 0o600)
    with open(f"{WORK}/sshd", "w", encoding="utf-8") as file:
        file.write("Port 2022\nHostKey /etc/ssh/lab_host_key\nAuthorizedKeysFile /etc/ssh/lab_authorized_keys\nUsePAM no\n"
                   "PidFile none\nMaxStartups 1000\nKexAlgorithms curve25519-sha256\n")
    subprocess.run(inside(host, "/usr/sbin/sshd", "-f", put(host, f"{WORK}/sshd", "sshd")), check=True)
    with open(f"{LAB}/{host}/ssh_host_key.pub", encoding="utf-8") as file:
        public = " ".join(file.read().split()[:2])
    with open(f"{WORK}/known", "w", encoding="utf-8") as file:
        file.write(f"*,[*]:2022 {public}\n")
    known = put(host, f"{WORK}/known", "known")
    with open(f"{WORK}/config", "w", encoding="utf-8") as file:
        file.write(f"Host *\n  User root\n  Port 2022\n  IdentityFile {key}\n  IdentitiesOnly yes\n  UserKnownHostsFile {known}\n")
    config = put(host, f"{WORK}/config", "config")
    count = 300
    hosts = [f"127.0.{1 + i // 200}.{1 + i % 200}" for i in range(count)]
    with open(f"{WORK}/hosts", "w", encoding="utf-8") as file:
        file.writelines(f"{h} ansible_port=2022 ansible_user=root ansible_ssh_private_key_file={key}\n" for h in hosts)
    inventory = put(host, f"{WORK}/hosts", "hosts")
    # What is said on the command line needs no ssh_config, and so no ssh -G.
    muster_ssh = ["-F", "none", "--ssh-option", f"UserKnownHostsFile={known}", "--ssh-option", "IdentitiesOnly=yes"]
    ping = measure(inside(host, muster, "ping", "-i", inventory, *muster_ssh, "-f", "32"))
    scan = measure(inside(host, muster, "scan", "-i", inventory, *muster_ssh, "-f", "32", "-q", "-o", "/tmp/r.json"))
    note = "key exchange curve25519-sha256 on all sides, pinned at the sshd"
    row("300 ssh hosts, 10 containers each: full scan's CPU a host, to ping's", scan["cpu"] / count * 1000, ping["cpu"] / count * 1000, 4, "ms", note)
    others = {}
    args = f"-F {config} -o LogLevel=ERROR"
    tools = {
        "pdsh": ["env", f"PDSH_SSH_ARGS_APPEND={args}", "pdsh", "-R", "ssh", "-f", "32", "-w", ",".join(hosts), "true"],
        "clush": ["clush", "-f", "32", "-o", args, "-w", ",".join(hosts), "true"],
        "ansible": ["env", f"ANSIBLE_SSH_ARGS=-F {config}", "ANSIBLE_HOST_KEY_CHECKING=True", "ansible", "all", "-i", inventory, "-f", "32", "-m", "raw", "-a", "true"],
    }
    for name, command in tools.items():
        if subprocess.run(["which", name], capture_output=True, check=False).returncode == 0:
            others[name] = measure(inside(host, *command), 1)
            row(f"300 ssh hosts: full scan's CPU a host, to {name} running true", scan["cpu"] / count * 1000, others[name]["cpu"] / count * 1000, None, "ms")
            row(f"300 ssh hosts: full scan's wall (the servers' on this machine), to {name}", scan["wall"], others[name]["wall"], None)
    if others:
        best = min(o["cpu"] for o in others.values())
        row("300 ssh hosts: full scan's CPU a host, to the best of them", scan["cpu"] / count * 1000, best / count * 1000, 0.5, "ms", note)
    row("300 ssh hosts: peak memory of the full scan, to ping's", scan["mb"], ping["mb"], None, "MB")


# --- the tunnel to OpenSSH 10, beside OpenSSH 9.2 (this machine's, as the host modern has it) ---

def tunnel():
    with open(f"{LAB}/newer", encoding="utf-8") as file:
        if not {"modern", "rootless"} <= set(file.read().split()):
            print("tunnel: skipped, the hosts modern and rootless are not here")
            return
    # Alike on both sides: a login that is not root's, and dockerd's socket, which the target names.
    targets = {"older": "ssh://auditor@10.213.77.14/run/docker.sock", "newer": "ssh://dev@10.213.77.15/run/user/2000/docker.sock",
               "older root": "ssh://root@10.213.77.14/run/docker.sock", "newer root": "ssh://root@10.213.77.15/srv/podman/podman.sock"}
    times = {name: [] for name in targets}
    for _ in range(61):
        for name, target in targets.items():
            out = subprocess.run([MUSTER, "ping", "-F", f"{LAB}/ssh_config", "--private-key", f"{LAB}/id_ed25519", target],
                                 check=True, capture_output=True, text=True, env=dict(os.environ, HOME=WORK, DOCKER_HOST="")).stdout
            times[name].append(float(out.split("tunnel ")[1].split(",")[0].rstrip(" ms]\n")))
    median = {name: statistics.median(values) for name, values in times.items()}
    row("ssh tunnel to OpenSSH 10, a user's dockerd, to OpenSSH 9.2", median["newer"], median["older"], 1.3, "ms")
    row("ssh tunnel to OpenSSH 10, root and Podman, to root and dockerd on OpenSSH 9.2", median["newer root"], median["older root"],
        None, "ms")


# --- 50 ms each way ---

def relay(host, port):
    name = f"{WORK}/relay-{port}"
    spawn(f"{BUILD}/tests/delaying_relay", "50", name, ADDRESS[host], str(port))
    return wait_for(name)[0]


def rtt():
    host = "hardened"
    port, tls_port = relay(host, 22), relay(host, 2376)
    with open(f"{LAB}/{host}/ssh_host_key.pub", encoding="utf-8") as file:
        public = " ".join(file.read().split()[:2])
    with open(f"{WORK}/known_relay", "w", encoding="utf-8") as file:
        file.write(f"[127.0.0.1]:{port} {public}\n")
    options = ["-o", f"UserKnownHostsFile={WORK}/known_relay", "-o", "IdentitiesOnly=yes", "-i", f"{LAB}/id_ed25519"]
    for count, ssh_aim, tls_aim in ((20, 1.0, 0.9), (100, 1.3, 1.2)):
        containers(host, "registry.example/app:1", count)
        baseline = measure(["ssh", "-F", "none", *options, "-p", port, "root@127.0.0.1", "true"], 5)
        scan = measure([MUSTER, "scan", "-F", "none", "--ssh-option", f"UserKnownHostsFile={WORK}/known_relay", "--private-key", f"{LAB}/id_ed25519",
                        f"ssh://root@127.0.0.1:{port}", "-q", "-o", f"{WORK}/r.json"], 5)
        row(f"100 ms round trips, ssh, {count} containers: full scan's wall, to ssh HOST true", scan["wall"], baseline["wall"], ssh_aim)
        with open(f"{WORK}/tls_hosts", "w", encoding="utf-8") as file:
            file.write(f"h endpoint=tcp://127.0.0.1:{tls_port} tls_name=hardened shell=none tls_ca={LAB}/tls/ca.pem tls_cert={LAB}/tls/cert.pem tls_key={LAB}/tls/key.pem\n")
        scan = measure([MUSTER, "scan", "-i", f"{WORK}/tls_hosts", "-q", "-o", f"{WORK}/r.json"], 5)
        row(f"100 ms round trips, tls, {count} containers: full scan's wall, to ssh HOST true", scan["wall"], baseline["wall"], tls_aim)


# --- thousands of simulated engines ---

def engines():
    recording = f"{HERE}/engine.json"
    spawn(f"{BUILD}/tests/simulated_engines", recording, "20", f"{LAB}/tls/server.pem", f"{LAB}/tls/server-key.pem", f"{WORK}/ports")
    words = wait_for(f"{WORK}/ports")
    return dict(zip(words[::2], words[1::2]))


def inventory(name, count, port, bad=()):
    """Half of the hosts by TLS; each at an address of its own. `bad` ports are given to every tenth in turn."""
    path = f"{WORK}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"[all:vars]\nshell=none\ntls_ca={LAB}/tls/ca.pem\ntls_cert={LAB}/tls/cert.pem\ntls_key={LAB}/tls/key.pem\ntls_name=hardened\n[fleet]\n")
        for i in range(count):
            address = f"127.{1 + i // 60000}.{i // 250 % 240}.{1 + i % 250}"
            if bad and i % 10 == 9:
                file.write(f"bad{i} endpoint=tcp://{address}:{bad[i // 10 % len(bad)]} tls=no\n")
            elif i % 2:
                file.write(f"h{i} endpoint=tcp://{address}:{port['tls']} tls=yes\n")
            else:
                file.write(f"h{i} endpoint=tcp://{address}:{port['plain']} tls=no\n")
    return path


def scale():
    port = engines()
    figures = {}
    for count in (1000, 10000):
        outputs = [f"-o{WORK}/r.{ext}" for ext in ("html", "json", "jsonl", "sarif", "xml", "csv", "md", "prom")]
        figures[count] = measure([MUSTER, "scan", "-i", inventory("scale", count, port), "-f", "1000", "-q", *outputs], 1)
        with open(f"{WORK}/r.jsonl", encoding="utf-8") as file:
            scanned = sum('"status":"scanned"' in line for line in file)
        if scanned != count:
            sys.exit(f"{scanned} of {count} simulated hosts were scanned")
    ten, one_thousand = figures[10000], figures[1000]
    row("10,000 simulated hosts, 20 containers, all reports: peak MB at --forks 1000, to 256", ten["mb"], 256, 1, "MB")
    row("10,000 simulated hosts: peak memory, to that of 1,000", ten["mb"], one_thousand["mb"], 1.3, "MB")
    row("10,000 simulated hosts: CPU a host, to that of 1,000", ten["cpu"] / 10, one_thousand["cpu"], 1.2, "ms")
    row("10,000 simulated hosts: wall a thousand hosts, to that of 1,000", ten["wall"] / 10, one_thousand["wall"], None)


def last_good(path):
    """Seconds from the start to the result of the last good host, from its times of arrival."""
    seen = 0.0
    with open(path, encoding="utf-8") as file:
        for line in file:
            when, name = line.split()
            if not name.startswith("bad"):
                seen = float(when)
    return seen


def arrivals(path, hosts):
    """Runs a scan and notes when each line of its stream arrives."""
    begin = time.monotonic()
    process = subprocess.Popen([MUSTER, "scan", "-i", hosts, "-f", "100", "-T", "5s", "--host-timeout", "20s", "--retries", "0", "-q", "-o", "jsonl:-"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ, XDG_STATE_HOME=f"{WORK}/state"))
    with open(path, "w", encoding="utf-8") as out:
        for line in process.stdout:
            name = line[line.find(b'"name":"') + 8:][:40].split(b'"')[0].decode()
            out.write(f"{time.monotonic() - begin:.4f} {name}\n")
    process.wait()


def bad():
    port = engines()
    wanted = {"without": (), "with": [port["blackhole"], port["stall"], port["drip"]]}
    times = {}
    for name, ports in wanted.items():
        runs = []
        for _ in range(3):
            hosts = inventory(name, 1000, port, ports)
            if not ports:
                # The same 900 good hosts, without the bad ones.
                with open(hosts, encoding="utf-8") as file:
                    kept = [line for i, line in enumerate(file) if not (line.startswith("h") and int(line[1:line.index(" ")]) % 10 == 9)]
                with open(hosts, "w", encoding="utf-8") as file:
                    file.writelines(kept)
            arrivals(f"{WORK}/arrivals", hosts)
            runs.append(last_good(f"{WORK}/arrivals"))
        times[name] = statistics.median(runs)
    row("100 bad hosts among 1,000: the last good host's result, to without them", times["with"], times["without"], 1.2)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print(f"{'what':<66} {'muster':>10} {'baseline':>10}      ratio  aim")
    try:
        for part in PARTS:
            globals()[part]()
    finally:
        for process in started:
            process.kill()
        subprocess.run(["rm", "-rf", WORK], check=False)
    with open(f"{BUILD}/bench.json", "w", encoding="utf-8") as file:
        json.dump({"schema": "muster.bench/1", "rows": rows}, file, indent=1)
        file.write("\n")
    missed = [r["what"] for r in rows if not r["met"]]
    print(f"{len(rows)} figures in {BUILD}/bench.json; {len(missed)} of {sum(r['aim'] is not None for r in rows)} aims missed")
    return 1 if missed else 0


sys.exit(main())

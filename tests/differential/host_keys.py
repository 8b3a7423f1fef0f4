"""Beside OpenSSH's own client: wherever it does not trust a host, or does not log in, muster must not either. Some 400
cases of known_hosts and ssh configuration, each tried by `ssh` and by `muster ping` against real sshds on loopback.

    host_keys.py MUSTER [WORD]    WORD: only the cases whose name has it

Needs root: a tmpfs over the user's ~/.ssh, in a mount namespace of its own, is what the cases write to. What muster
refuses and ssh accepts is allowed where WAIVED says why."""
import base64
import concurrent.futures
import http.server
import itertools
import os
import pwd
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

MUSTER = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
HOME = pwd.getpwuid(os.getuid()).pw_dir
if "MUSTER_UNSHARED" not in os.environ:
    os.environ["MUSTER_UNSHARED"] = "1"
    os.makedirs(HOME + "/.ssh", mode=0o700, exist_ok=True)
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])
subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=700", "none", HOME + "/.ssh"], check=True)
WORK = tempfile.mkdtemp(prefix="muster-host-keys.")
os.chmod(WORK, 0o755)
ENV = {"PATH": os.environ["PATH"], "HOME": HOME, "XDG_STATE_HOME": WORK + "/state"}

# What muster refuses although ssh accepts it, by a word of the case's name, and why.
WAIVED = {
    "krl": "KRLs are refused in so many words",
    "command": "KnownHostsCommand is refused in so many words",
    "no principal": "a certificate for every host is none for muster",
    "NoHostAuthenticationForLocalhost": "muster verifies every host",
    "small authority": "an RSA authority below 2048 bits is not believed",
    "sha1": "signatures by SHA-1 are never believed",
    "one host of many": "a plain key of another kind than those known counts as changed",
    "revoked tab": "a revocation counts in every spelling, also in one that OpenSSH takes for an unknown marker",
    "authority revoked by the bare name": "for OpenSSH a revocation under the bare name does not count off port 22",
    "no verification, revoked": "a revoked key is refused whatever StrictHostKeyChecking is",
}


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def path(name):
    return f"{WORK}/{name}"


def write(name, text, folder=None):
    with open(os.path.join(folder or WORK, name), "wb") as file:
        file.write(text.encode("latin-1") if isinstance(text, str) else text)
    return os.path.join(folder or WORK, name)


def key(name, kind="ed25519", bits=None):
    run("ssh-keygen", "-q", "-t", kind, *(["-b", str(bits)] if bits else []), "-N", "", "-C", name, "-f", path(name))
    return public(name)


def public(name):
    with open(path(name + ".pub"), encoding="ascii") as file:
        return " ".join(file.read().split()[:2])


def certify(name, authority, principals, *more, of="ed"):
    """A certificate of the key `of` under another name, so that one key has several."""
    shutil.copy(path(of), path(name))
    shutil.copy(path(of + ".pub"), path(name + ".pub"))
    os.chmod(path(name), 0o600)
    run("ssh-keygen", "-q", "-s", path(authority), "-I", name, "-h", *(["-n", principals] if principals else []), *more,
        path(name + ".pub"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


SERVERS = []
VERSION = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=False).stderr.strip()
# From 9.8 on sshd shuts an address out that fails often, which is what most cases do.
TOLERANT = ["PerSourcePenalties no"] if tuple(int(part) for part in re.findall(r"\d+", VERSION)[:2]) >= (9, 8) else []


def serve(*host_keys, more=""):
    """An sshd with these host keys (and the certificate beside each that has one); its port."""
    port = free_port()
    lines = [f"Port {port}", "ListenAddress 127.0.0.1", "PidFile none", "StrictModes no", "UsePAM no", "MaxStartups 100",
             f"AuthorizedKeysFile {path('authorized')}", "PermitRootLogin yes", "PasswordAuthentication no", *TOLERANT, more]
    for one in host_keys:
        lines.append(f"HostKey {path(one)}")
        if os.path.exists(path(one + "-cert.pub")):
            lines.append(f"HostCertificate {path(one + '-cert.pub')}")
    config = write(f"sshd.{port}", "\n".join(lines) + "\n")
    SERVERS.append(subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", config], stderr=subprocess.DEVNULL))
    for _ in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return port
        time.sleep(0.02)
    sys.exit("sshd did not start")


class Engine(http.server.BaseHTTPRequestHandler):
    """As much of an engine as muster ping asks for."""

    def address_string(self):
        return ""

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = b"OK"
        self.send_response(200)
        self.send_header("Api-Version", "1.43")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


CASES = []


def case(name, port, known, config="", options=(), folder_files=None, usual=False, file=None, agent=False):
    """`known`: the text of known_hosts, or None where the configuration names other files; `usual`: the configuration is
    ~/.ssh/config, with these files beside it; `file`: another -F; `agent`: the key is not named, but in an agent."""
    CASES.append(dict(name=name, port=port, known=known, config=config, options=options, files=folder_files or {},
                      usual=usual, file=file, agent=agent))


os.makedirs("/run/sshd", exist_ok=True)
ED, EC, RSA, OTHER = key("ed"), key("ec", "ecdsa"), key("rsa", "rsa", 2048), key("other")
CA, CA2, CA_RSA, CA_SMALL = key("ca"), key("ca2", "ecdsa"), key("ca_rsa", "rsa", 3072), key("ca_small", "rsa", 1024)
key("login")
shutil.copy(path("login.pub"), path("authorized"))
NAMES = "127.0.0.1,h.test"
certify("ed_good", "ca", NAMES)
certify("ed_rsa", "ca_rsa", NAMES)
certify("ed_sha1", "ca_rsa", NAMES, "-t", "ssh-rsa")
certify("ed_small", "ca_small", NAMES)
certify("ed_pattern", "ca", "127.*,h.*,*")
certify("ed_old", "ca", NAMES, "-V", "-2d:-1d")
certify("ed_future", "ca", NAMES, "-V", "+1d:+2d")
certify("ed_nobody", "ca", "")
certify("ed_other", "ca", "elsewhere.test")
certify("ed_critical", "ca", NAMES, "-O", "critical:x@y=z")
certify("rsa_good", "ca", NAMES, of="rsa")
certify("ec_good", "ca2", NAMES, of="ec")
run("ssh-keygen", "-q", "-s", path("ca"), "-I", "user", "-n", NAMES, path("other.pub"))  # a user's certificate
PLAIN, PLAIN_EC, PLAIN_RSA, BOTH = serve("ed"), serve("ec"), serve("rsa"), serve("ed", "rsa")
GOOD, GOOD_RSA, GOOD_EC = serve("ed_good"), serve("rsa_good"), serve("ec_good")
CERTIFIED = {name: serve(name) for name in ("ed_rsa", "ed_sha1", "ed_small", "ed_pattern", "ed_old", "ed_future",
                                            "ed_nobody", "ed_other", "ed_critical")}
NARROW = serve("ed", more="Ciphers aes256-ctr\nMACs hmac-sha2-256\nKexAlgorithms curve25519-sha256")


def hashed(name, text):
    file = write(f"hash.{len(CASES)}", f"{name} {text}\n")
    run("ssh-keygen", "-q", "-H", "-f", file)
    with open(file, encoding="ascii") as one:
        return one.read()


def patterns(port):
    at = f"[127.0.0.1]:{port}"
    return [at, "127.0.0.1", "*", f"[127.0.0.*]:{port}", f"![127.0.0.1]:{port},[127.0.0.*]:{port}", f"[127.0.0.*]:{port},!{at}",
            f"!*,{at}", f"{at},!127.0.0.1", f"[127.0.0.?]:{port}", "[127.0.0.1]:*", f"?127.0.0.1?:{port}", f"a,b,{at}", f",{at}",
            f"{at},", f"x,,{at}", f"[127.0.0.[0-9]]:{port}", "127.*", "127.0.0.1,!*", "!127.0.0.1,127.0.0.*", f"\\{at}",
            f"{'x' * 1100},{at}", f"{at},{'x' * 1100}", f"{at}.", f"{at} ,x", f"{at}:22", f"[localhost]:{port}", "!!*", "!",
            f"{at}\x00x", f"{at},\x01"]


# --- names, negations and patterns ---
for number, pattern in enumerate(patterns(PLAIN)):
    case(f"name {number} known", PLAIN, f"{pattern} {ED}\n")
    case(f"name {number} revoked", PLAIN, f"[127.0.0.1]:{PLAIN} {ED}\n@revoked {pattern} {ED}\n")
    case(f"name {number} revoked before", PLAIN, f"@revoked {pattern} {ED}\n* {ED}\n")
for number, pattern in enumerate(patterns(GOOD)):
    case(f"name {number} authority", GOOD, f"@cert-authority {pattern} {CA}\n")
    case(f"name {number} authority revoked", GOOD, f"@cert-authority * {CA}\n@revoked {pattern} {CA}\n")
AT, AT_GOOD = f"[127.0.0.1]:{PLAIN}", f"[127.0.0.1]:{GOOD}"
case("hashed known", PLAIN, hashed(AT, ED))
case("hashed known by the bare name", PLAIN, hashed("127.0.0.1", ED))
case("hashed other", PLAIN, hashed(AT, OTHER))
case("hashed revoked", PLAIN, f"{AT} {ED}\n@revoked {hashed(AT, ED)}")
case("hashed cut", PLAIN, hashed(AT, ED).replace("= ", " "))
case("hashed with another version", PLAIN, hashed(AT, ED).replace("|1|", "|2|"))
case("hashed in a list", PLAIN, "x," + hashed(AT, ED))

# --- how a line is spelled ---
SPELLINGS = {"blank before": " {m}{n} {k}", "tab before": "\t{m}{n} {k}", "two blanks": "{m}{n}  {k}", "tab in the middle": "{m}{n}\t{k}",
             "tab before the text": "{m}{n} {t}\t{b}", "comment": "{m}{n} {k} comment", "hash comment": "{m}{n} {k} #c",
             "hash glued": "{m}{n} {k}#c", "carriage return": "{m}{n} {k}\r", "vertical tab": "{m}{n} {k}\v", "glued": "{m}{n} {k}x",
             "cut": "{m}{n} {c}", "no padding": "{m}{n} {p}", "other type": "{m}{n} ssh-rsa {b}", "unknown type": "{m}{n} foo {b}",
             "upper type": "{m}{n} SSH-ED25519 {b}", "no type": "{m}{n} {b}", "bits before": "{m}{n} 256 {k}", "nul before": "\0{m}{n} {k}",
             "nul behind": "{m}{n} {k}\0x", "nul line before": "a\0b\n{m}{n} {k}", "no line end": "{m}{n} {k}", "byte order mark": "\xef\xbb\xbf{m}{n} {k}",
             "quoted": '"{m}{n}" {k}', "commented out": "# {m}{n} {k}", "comment glued": "#{m}{n} {k}"}
MARKERS = {"known": "", "revoked": "@revoked ", "revoked tab": "@revoked\t", "revoked blanks": "@revoked \t ", "revoked twice": "@revoked @revoked ",
           "revoked upper": "@REVOKED ", "revoked glued": "@revoked", "revoked authority": "@revoked @cert-authority ",
           "authority": "@cert-authority ", "authority tab": "@cert-authority\t", "authority twice": "@cert-authority @cert-authority ",
           "authority upper": "@Cert-Authority ", "authority revoked": "@cert-authority @revoked ", "other marker": "@foo ", "at alone": "@ "}


def spelled(form, marker, name, text):
    kind, blob = text.split()
    return form.format(m=marker, n=name, k=text, t=kind, b=blob, c=kind + " " + blob[:-6], p=kind + " " + blob.rstrip("="))


for (how, form), (what, marker) in itertools.product(SPELLINGS.items(), MARKERS.items()):
    if how not in ("blank before", "tab in the middle", "tab before the text", "carriage return", "nul line before", "comment") and what not in (
            "known", "revoked", "authority"):
        continue
    end = "" if how == "no line end" else "\n"
    if "authority" in what and what != "revoked authority":
        case(f"spelling {how}, {what}", GOOD, spelled(form, marker, AT_GOOD, CA) + end)
    elif what == "known":
        case(f"spelling {how}, {what}", PLAIN, spelled(form, marker, AT, ED) + end)
    else:
        case(f"spelling {how}, {what}", PLAIN, f"{AT} {ED}\n" + spelled(form, marker, AT, ED) + end)
PADDED = base64.b64encode(base64.b64decode(RSA.split()[1]).replace(b"\x00\x00\x01\x01\x00", b"\x00\x00\x01\x02\x00\x00", 1)).decode()
case("an RSA key with a leading zero is revoked", PLAIN_RSA, f"* {RSA}\n@revoked * ssh-rsa {PADDED}\n")
case("an RSA key with a leading zero is known", PLAIN_RSA, f"* ssh-rsa {PADDED}\n")

# --- which of several lines decides ---
LINES = {"own": ED, "other": OTHER, "ec": EC, "rsa": RSA}
for one, two in itertools.permutations(LINES, 2):
    case(f"lines {one}, {two}", PLAIN, f"{AT} {LINES[one]}\n{AT} {LINES[two]}\n")
    case(f"lines {one} by port, {two} bare", PLAIN, f"{AT} {LINES[one]}\n127.0.0.1 {LINES[two]}\n")
    case(f"lines {one} revoked, {two}", PLAIN, f"@revoked * {LINES[one]}\n{AT} {LINES[two]}\n")
    case(f"lines one host of many keys, {one}, {two}", BOTH, f"* {LINES[one]}\n* {LINES[two]}\n")
REVOCATIONS = {"nothing revoked": "", "host key revoked": f"@revoked * {ED}\n", "authority revoked": f"@revoked * {CA}\n",
               "authority revoked by the bare name": f"@revoked 127.0.0.1 {CA}\n"}
for one, two, (what, three) in itertools.product((ED, OTHER), (CA, CA2), REVOCATIONS.items()):
    which = f"{'own' if one == ED else 'other'} key, {'its' if two == CA else 'another'} authority, {what}"
    case(f"both: {which}", GOOD, f"{AT_GOOD} {one}\n@cert-authority * {two}\n{three}")
    case(f"both bare: {which}", GOOD, f"127.0.0.1 {one}\n@cert-authority 127.0.0.1 {two}\n{three}")
case("a plain line with the authority's key", GOOD, f"* {CA}\n")
case("an authority's line with the host's key", PLAIN, f"@cert-authority * {ED}\n")
with open(path("ed_good-cert.pub"), encoding="ascii") as certificate:
    CERTIFICATE = " ".join(certificate.read().split()[:2])
case("a certificate as a plain key", GOOD, f"* {CERTIFICATE}\n")
case("a certificate is revoked", GOOD, f"* {ED}\n@revoked * {CERTIFICATE}\n")
case("a certificate as an authority", GOOD, f"@cert-authority * {CERTIFICATE}\n")

# --- certificates ---
AUTHORITIES = {"ed_rsa": CA_RSA, "ed_sha1": CA_RSA, "ed_small": CA_SMALL}
LABELS = {"ed_nobody": "no principal", "ed_small": "small authority"}
for name, port in CERTIFIED.items():
    authority = AUTHORITIES.get(name, CA)
    case(f"certificate {LABELS.get(name, name)}", port, f"@cert-authority * {authority}\n")
    case(f"certificate {name}, key known", port, f"* {ED}\n@cert-authority * {authority}\n")
    case(f"certificate {LABELS.get(name, name)}, alias", port, f"@cert-authority * {authority}\n", "HostKeyAlias h.test")
    case(f"certificate {LABELS.get(name, name)}, other alias", port, f"@cert-authority * {authority}\n", "HostKeyAlias i.test")
case("certificate of an RSA key", GOOD_RSA, f"@cert-authority * {CA}\n")
case("certificate of an ECDSA key", GOOD_EC, f"@cert-authority * {CA2}\n")

# --- what the configuration says of host keys ---
write("krl.pub", public("ed") + "\n")
run("ssh-keygen", "-q", "-k", "-f", path("krl"), path("krl.pub"))
run("ssh-keygen", "-q", "-k", "-f", path("krl_other"), path("other.pub"))
REVOKED = {"own": ED, "other": OTHER, "blanks": f"  \t{ED} comment", "comments": f"# words\n\n{ED}", "empty": "", "rubbish": "rubbish",
           "rubbish behind": f"{OTHER}\nrubbish", "rubbish before own": f"rubbish\n{ED}", "tab": ED.replace(" ", "\t"), "authority": CA,
           "options": f'from="*" {ED}', "carriage return": f"{ED}\r", "certificate": CERTIFICATE, "nul": f"a\0b\n{ED}", "other authority": CA2}
for what, text in REVOKED.items():
    file = write(f"revoked {what}".replace(" ", "."), text + "\n")
    case(f"RevokedHostKeys {what}", PLAIN, f"* {ED}\n", f"RevokedHostKeys {file}")
    case(f"RevokedHostKeys {what}, certificate", GOOD, f"@cert-authority * {CA}\n", f"RevokedHostKeys {file}")
    case(f"RevokedHostKeys {what}, by option", PLAIN, f"* {ED}\n", options=(f"RevokedHostKeys={file}",))
case("RevokedHostKeys missing", PLAIN, f"* {ED}\n", f"RevokedHostKeys {path('missing')}")
case("RevokedHostKeys folder", PLAIN, f"* {ED}\n", f"RevokedHostKeys {WORK}")
case("RevokedHostKeys none", PLAIN, f"* {ED}\n", "RevokedHostKeys none")
case("RevokedHostKeys krl", PLAIN, f"* {ED}\n", f"RevokedHostKeys {path('krl')}")
case("RevokedHostKeys krl of another", PLAIN, f"* {ED}\n", f"RevokedHostKeys {path('krl_other')}")
case("RevokedHostKeys under Match", PLAIN, f"* {ED}\n", f"Match host 127.0.0.1\nRevokedHostKeys {path('revoked.own')}")
case("RevokedHostKeys in quotes", PLAIN, f"* {ED}\n", f'"RevokedHostKeys" "{path("revoked.own")}"')
case("RevokedHostKeys of strict no", PLAIN, "", f"StrictHostKeyChecking no\nRevokedHostKeys {path('revoked.own')}")
for what, line in {"revokes": f"@revoked * {ED}", "knows": f"* {ED}", "says nothing": ""}.items():
    script = write(f"command.{what.replace(' ', '.')}", f"#!/bin/sh\necho '{line}'\n")
    os.chmod(script, 0o755)
    case(f"command {what}", PLAIN, f"* {ED}\n", f"KnownHostsCommand {script}\nKnownHostsCommand none")
    case(f"command {what}, key unknown", PLAIN, "", f"KnownHostsCommand {script}")
case("KnownHostsCommand none", PLAIN, f"* {ED}\n", "KnownHostsCommand none")
for value in ("ssh-ed25519", "rsa-sha2-512", "ssh-ed25519-cert-v01@openssh.com", "-ssh-ed25519", "+ssh-rsa", "^ecdsa-sha2-nistp256", "ssh-rsa",
              "ecdsa-sha2-*", "-ssh-ed25519*", "ssh-ed25519,rsa-sha2-256"):
    case(f"HostKeyAlgorithms {value}", PLAIN, f"* {ED}\n", f"HostKeyAlgorithms {value}")
    case(f"HostKeyAlgorithms {value}, RSA", PLAIN_RSA, f"* {RSA}\n", options=(f"HostKeyAlgorithms={value}",))
    case(f"HostKeyAlgorithms {value}, certificate", GOOD, f"@cert-authority * {CA}\n", f"HostKeyAlgorithms {value}")
    case(f"HostKeyAlgorithms {value}, both", GOOD, f"* {ED}\n@cert-authority * {CA}\n", f"HostKeyAlgorithms {value}")
for value in ("ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512", "-rsa-sha2-512", "ssh-rsa", "+ssh-rsa", "ecdsa-sha2-nistp256"):
    for name, port, authority in (("ed", GOOD, CA), ("rsa", CERTIFIED["ed_rsa"], CA_RSA), ("ec", GOOD_EC, CA2), ("sha1", CERTIFIED["ed_sha1"], CA_RSA)):
        case(f"CASignatureAlgorithms {value}, {name}", port, f"@cert-authority * {authority}\n", f"CASignatureAlgorithms {value}")
for bits in (1024, 2048, 2049, 3072):
    case(f"RequiredRSASize {bits}", PLAIN_RSA, f"* {RSA}\n", f"RequiredRSASize {bits}")
    case(f"RequiredRSASize {bits}, certificate", GOOD_RSA, f"@cert-authority * {CA}\n", f"RequiredRSASize {bits}")
    case(f"RequiredRSASize {bits}, ed25519", PLAIN, f"* {ED}\n", f"RequiredRSASize {bits}")
for value, line in itertools.product(("h.test", "H.TEST", "*", "a,*", "!x", "127.0.0.1"), (f"h.test {ED}", f"H.Test {ED}", f"* {ED}", f"{AT} {ED}", f"127.0.0.1 {ED}")):
    case(f"HostKeyAlias {value}, {line.split()[0]}", PLAIN, line + "\n", f"HostKeyAlias {value}")
KNOWN = {"unknown": "", "known": f"* {ED}\n", "changed": f"* {OTHER}\n", "revoked": f"* {ED}\n@revoked * {ED}\n"}
for value, (what, known) in itertools.product(("yes", "no", "off", "accept-new", "ask"), KNOWN.items()):
    label = "no verification, revoked" if value in ("no", "off") and what == "revoked" else what
    case(f"StrictHostKeyChecking {value}, {label}", PLAIN, known, f"StrictHostKeyChecking {value}")
case("CheckHostIP", PLAIN, f"* {ED}\n", "CheckHostIP yes")
case("NoHostAuthenticationForLocalhost", PLAIN, "", "NoHostAuthenticationForLocalhost yes")
case("VerifyHostKeyDNS", PLAIN, "", "VerifyHostKeyDNS yes")

# --- which files are read ---
write("strict", "")
write("two words", f"@revoked * {ED}\n")
write("known words", f"* {ED}\n")
write("127.0.0.1.known", f"* {ED}\n")
ENV["KNOWN_FOLDER"] = WORK
for what, line in {"none": "UserKnownHostsFile none", "quoted": f'UserKnownHostsFile "{path("known words")}"', "two": f"UserKnownHostsFile {path('strict')} {path('known')}",
                   "quoted revoked": f'UserKnownHostsFile "{path("two words")}" {path("known")}', "tokens": f"UserKnownHostsFile {WORK}/%h.known",
                   "variable": "UserKnownHostsFile ${KNOWN_FOLDER}/known", "missing": f"UserKnownHostsFile {path('missing')}",
                   "global": f"UserKnownHostsFile none\nGlobalKnownHostsFile {path('known')}", "global revoked": f'UserKnownHostsFile {path("known")}\nGlobalKnownHostsFile "{path("two words")}"',
                   "first counts": f"UserKnownHostsFile {path('strict')}\nUserKnownHostsFile {path('known')}",
                   "many": "UserKnownHostsFile " + " ".join([path("strict")] * 20 + [path("known")]),
                   "many revoked": "UserKnownHostsFile " + " ".join([path("known")] + [path("strict")] * 20) + f' "{path("two words")}"'}.items():
    case(f"files {what}", PLAIN, None, line)
write("known", f"* {ED}\n")

# --- whether the configuration is asked at all ---
DENY = {"strict": f"UserKnownHostsFile {path('strict')}", "proxy": "ProxyCommand false", "revoked": f"RevokedHostKeys {path('revoked.own')}", "identity": "IdentitiesOnly yes\nIdentityFile /nowhere",
        "unknown word": "Foo bar", "bad value": "StrictHostKeyChecking maybe", "other host": "HostName 127.0.0.77"}
for what, line in DENY.items():
    for how, text in {"plain": "Include c1", "quoted": 'Include "c1"', "blank": 'Include "c 1"', "user": "Include ~root/.ssh/c1", "home": "Include ~/.ssh/c1", "glob": "Include c*",
                      "class": "Include c[0-9]", "brace": "Include c{1,2}", "two": "Include none c1", "equals": "Include=c1", "upper": "INCLUDE c1", "quoted word": '"Include" c1',
                      "chain": "Include d1", "under host": "Host 127.*\nInclude c1", "variable": "Include ${HOME}/.ssh/c1"}.items():
        if how in ("plain", "quoted", "user", "chain", "glob", "quoted word") or what == "strict":
            files = {"c1": line + "\n", "c 1": line + "\n"}
            files.update({f"d{n}": f"Include d{n + 1}\n" for n in range(1, 7)})
            files["d7"] = line + "\n"
            case(f"usual configuration {what}, Include {how}", PLAIN, f"* {ED}\n", text + "\n", folder_files=files, usual=True)
    case(f"usual configuration {what}", PLAIN, f"* {ED}\n", line + "\n", usual=True)
    case(f"usual configuration {what}, quoted word", PLAIN, f"* {ED}\n", '"{}" {}\n'.format(*line.split("\n")[0].split(" ", 1)), usual=True)
    case(f"usual configuration {what}, equals", PLAIN, f"* {ED}\n", "{} = {}\n".format(*line.split("\n")[0].split(" ", 1)), usual=True)
    case(f"usual configuration {what}, under Match", PLAIN, f"* {ED}\n", f"Match all\n{line}\n", usual=True)
    case(f"file {what}", PLAIN, f"* {ED}\n", line)
case("usual configuration that says nothing", PLAIN, f"* {ED}\n", "Host *\n  SendEnv LANG\n  HashKnownHosts yes\n", usual=True)
case("-F that is not there", PLAIN, f"* {ED}\n", file=path("missing"))
case("-F that is a folder", PLAIN, f"* {ED}\n", file=WORK)

# --- how one logs in ---
for line in ("PubkeyAuthentication no", "PubkeyAuthentication false", "PreferredAuthentications password", "PreferredAuthentications password,publickey",
             "PubkeyAcceptedAlgorithms rsa-sha2-512", "PubkeyAcceptedAlgorithms -ssh-ed25519", "PubkeyAcceptedAlgorithms ssh-ed25519",
             "AddressFamily inet6", "AddressFamily inet", "BindAddress ::1", "BindAddress 127.0.0.5", "BindAddress 192.0.2.1"):
    case(f"login {line}", PLAIN, f"* {ED}\n", line)
for line in ("Ciphers aes256-gcm@openssh.com", "Ciphers aes256-ctr", "MACs hmac-sha2-512", "MACs hmac-sha2-256", "KexAlgorithms ecdh-sha2-nistp521", "KexAlgorithms curve25519-sha256",
             "Ciphers -aes256-ctr", "KexAlgorithms sntrup761x25519-sha512@openssh.com"):
    case(f"transport {line}", NARROW, f"* {ED}\n", line)


AGENT = subprocess.Popen(["ssh-agent", "-D", "-a", path("agent")], stdout=subprocess.DEVNULL)
SERVERS.append(AGENT)
while not os.path.exists(path("agent")):
    time.sleep(0.02)
run("ssh-add", "-q", path("login"), env={**ENV, "SSH_AUTH_SOCK": path("agent")})
ENV["OTHER_AGENT"] = path("agent")
for line in ("", "IdentityAgent none", "IdentityAgent SSH_AUTH_SOCK", "IdentityAgent $OTHER_AGENT", "IdentityAgent $NO_AGENT", "IdentityAgent ${OTHER_AGENT}",
             f"IdentityAgent {path('agent')}", "IdentityAgent /nowhere", "IdentitiesOnly yes", "IdentityFile none", "IdentityFile none\nIdentitiesOnly yes", "PubkeyAuthentication no"):
    case(f"agent {line or 'as it is'}", PLAIN, f"* {ED}\n", line, agent=True)


def environment(one):
    return {**ENV, "SSH_AUTH_SOCK": path("agent")} if one["agent"] else ENV


def prepare(number, one):
    """The folder of one case, and the words that both clients get."""
    folder = path(f"case.{number}")
    os.makedirs(folder)
    config = one["config"] + "\n"
    if not one["usual"]:
        if one["known"] is not None:
            write("known_hosts", one["known"], folder)
            if "UserKnownHostsFile" not in config:
                config += f"Host *\nUserKnownHostsFile {folder}/known_hosts\nGlobalKnownHostsFile /dev/null\n"
        write("config", config, folder)
        return folder, ["-F", one["file"] or f"{folder}/config"]
    for file in os.listdir(HOME + "/.ssh"):
        os.remove(f"{HOME}/.ssh/{file}")
    for file, text in {**one["files"], "config": config, "known_hosts": one["known"]}.items():
        write(file, text, HOME + "/.ssh")
        os.chmod(f"{HOME}/.ssh/{file}", 0o600)
    return folder, []


def try_ssh(one, words):
    options = [word for option in one["options"] for word in ("-o", option)]
    strict = [] if "StrictHostKeyChecking" in one["config"] else ["-o", "StrictHostKeyChecking=yes"]
    named = [] if one["agent"] else ["-i", path("login")]
    done = subprocess.run(["ssh", *words, "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", *strict, *options, *named, "-p", str(one["port"]), "root@127.0.0.1", "true"],
                          capture_output=True, text=True, env=environment(one), stdin=subprocess.DEVNULL, check=False, timeout=60)
    return done.returncode == 0, done.stderr.strip()


def try_muster(one, words, folder):
    options = [word for option in one["options"] for word in ("--ssh-option", option)]
    strict = [] if "StrictHostKeyChecking" in one["config"] else ["--ssh-option", "StrictHostKeyChecking=yes"]
    named = [] if one["agent"] else ["--private-key", path("login")]
    done = subprocess.run([MUSTER, "ping", *words, *strict, *options, *named, "-T", "5s", "--retries", "0",
                           f"ssh://root@127.0.0.1:{one['port']}{path('engine.sock')}"],
                          capture_output=True, text=True, env={**environment(one), "XDG_STATE_HOME": folder}, stdin=subprocess.DEVNULL, check=False, timeout=60)
    said = (done.stdout + done.stderr).strip()
    return ": reached, " in done.stdout, said.splitlines()[0] if said else "", done.returncode


def decide(number, one):
    folder, words = prepare(number, one)
    by_ssh, ssh_said = try_ssh(one, words)
    by_muster, muster_said, code = try_muster(one, words, folder)
    shutil.rmtree(folder)
    return one["name"], by_ssh, ssh_said, by_muster, muster_said, code


threading.Thread(target=UnixServer(path("engine.sock"), Engine).serve_forever, daemon=True).start()
chosen = [(number, one) for number, one in enumerate(CASES) if ONLY in one["name"]]
try:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda pair: decide(*pair), [pair for pair in chosen if not pair[1]["usual"]]))
    results += [decide(*pair) for pair in chosen if pair[1]["usual"]]
finally:
    for server in SERVERS:
        server.kill()
    subprocess.run(["umount", HOME + "/.ssh"], check=False)
    shutil.rmtree(WORK)
laxer, stricter, waived, agreed = [], [], 0, [0, 0]
for name, by_ssh, ssh_said, by_muster, muster_said, code in results:
    if not 0 <= code <= 5:
        laxer.append(f"{name}: muster ended with {code}: {muster_said}")
    elif by_muster and not by_ssh:
        laxer.append(f"{name}: ssh: {ssh_said.splitlines()[-1] if ssh_said else ''}; muster logged in")
    elif by_ssh and not by_muster:
        if any(word in name for word in WAIVED):
            waived += 1
        else:
            stricter.append(f"{name}: muster: {muster_said}")
    else:
        agreed[by_ssh] += 1
for line in laxer:
    print("LAXER:", line)
for line in stricter:
    print("STRICTER:", line)
print(f"host keys beside {VERSION}: {len(results)} cases: "
      f"{agreed[1]} both log in, {agreed[0]} both refuse, {waived} refused by muster alone for a reason given")
if not ONLY and len(results) < 300:
    sys.exit("fewer than 300 cases")
sys.exit(1 if laxer or stricter else 0)

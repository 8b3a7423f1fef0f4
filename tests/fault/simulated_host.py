#!/usr/bin/env python3
"""A simulated host for fault tests: one TCP listener that misbehaves in one way, or replays a small engine.

usage: simulated_host.py MODE PORTFILE
"""
import itertools
import json
import socket
import sys
import threading
import time

mode, port_file = sys.argv[1:3]
ID = "c" * 64
INFO = {"Name": "simulated", "ServerVersion": "20.10.24", "Driver": "overlay2", "SecurityOptions": ["name=seccomp,profile=default"],
        "RegistryConfig": {"InsecureRegistryCIDRs": [], "IndexConfigs": {}}, "Plugins": {"Authorization": None}, "LoggingDriver": "json-file",
        "LiveRestoreEnabled": False, "ExperimentalBuild": False, "Debug": False, "Warnings": None, "Swarm": {"LocalNodeState": "inactive"}}
CONTAINER = {"Id": ID, "Name": "/web", "State": {"Running": False, "Status": "exited"}, "HostConfig": {"Privileged": True}, "Config": {}}
ANSWERS = {"/info": INFO, "/version": {"Version": "20.10.24"}, "/containers/json": [{"Id": ID}], "/networks": [], "/volumes": {"Volumes": []},
           "/images/json": [], f"/containers/{ID}/json": CONTAINER}


# Hosts that would take all of the scanner: what each sends, for a path that ends so. An iterator's blocks are sent as
# one chunked body, and what follows the last of them too.
def forever(block):
    while True:
        yield block


def chunk(body):
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


LAST = b"0\r\n"
MANY = [f"{i:064x}" for i in range(10000)]
LONG = b"n" * (1 << 20)


def repeated(before, middle, times, after):
    yield chunk(before)
    for _ in range(times):
        yield chunk(middle)
    yield chunk(after) + LAST + b"\r\n"


HOSTILE = {
    "trailers": ("/info", lambda: itertools.chain([LAST], forever(b"T: x\r\n" * 20000))),
    "chunks": ("/info", lambda: forever(b"1\r\n \r\n" * 20000)),
    "headers": ("/info", None),
    "names": ("/json", lambda: repeated(b'{"Id": "' + b"0" * 64 + b'", "Name": "', LONG, 60, b'"}')),
    "execs": ("/json", lambda: repeated(b'{"Id": "' + b"0" * 64 + b'", "ExecIDs": [{}', b",{}" * 300000, 16, b"]}")),
    "lists": ("/info", lambda: repeated(b'{"Name": "x", "Warnings": [1', b",1" * 500000, 60, b"]}")),
    "steps": ("/history", lambda: repeated(b'[{"CreatedBy": "RUN ', b"A= " * 100000, 60, b'"}]')),
    "changes": ("/changes", lambda: repeated(b"[" + b'{"Path": "/a", "Kind": 1}', b',{"Path": "/a", "Kind": 1}' * 20000, 80, b"]")),
    "mounts": ("/json", lambda: repeated(b'{"Id": "' + b"0" * 64 + b'", "Mounts": [{}', b',{"Destination": "/x"}' * 40000, 60, b"]}")),
}
if mode in ("names", "execs", "mounts", "many"):
    ANSWERS["/containers/json"] = [{"Id": i} for i in MANY]
if mode == "many":
    for i in MANY:
        ANSWERS[f"/containers/{i}/json"] = CONTAINER | {"Id": i, "State": {"Running": True, "Status": "running"}, "Mounts": [], "NetworkSettings": {}}
if mode == "fat":  # each answer is small enough, all of them are not
    fat = "F" * 400000
    ANSWERS["/containers/json"] = [{"Id": i} for i in MANY[:2000]]
    for i in MANY[:2000]:
        ANSWERS[f"/containers/{i}/json"] = {"Id": i, "Name": "/" + fat[:100], "State": {"Running": True, "Status": fat}, "Config": {"User": fat, "Image": fat},
                                            "HostConfig": {"Privileged": False, "CapAdd": [fat], "NetworkMode": fat, "SecurityOpt": [fat], "Devices": [{"PathOnHost": fat}]}}
if mode in ("steps", "changes"):
    ANSWERS["/images/json"] = [{"Id": "sha256:" + i} for i in MANY[:64]]


def hostile(connection, name):
    end, blocks = HOSTILE[mode]
    if not name.endswith(end) or name.endswith(("/containers/json", "/images/json")):
        return False
    connection.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nTransfer-Encoding: chunked\r\n" + (b"" if blocks else b"X: y\r\n"))
    if not blocks:
        for block in forever(b"X: y\r\n" * 20000):
            connection.sendall(block)
    connection.sendall(b"\r\n")
    for block in blocks():
        connection.sendall(block)
    return True


def respond(connection, path):
    headers = "Api-Version: 1.41\r\n"
    status, body = "200 OK", b"OK"
    name = path.split("?")[0]
    if name != "/_ping":
        versioned = name.startswith("/v1.")
        answer = ANSWERS.get("/" + name.split("/", 2)[2] if versioned else name, {})
        if mode == "new-api" and (not versioned or not name.startswith("/v1.55/")):
            answer = {"Name": "not what was agreed on"}
        body = json.dumps(answer).encode()
    if mode.startswith("old-api"):
        headers = "Api-Version: 1.10\r\n"  # Docker tells it with every answer
        if (name == "/_ping") == (mode == "old-api-ping-last"):
            time.sleep(0.3)
    if mode == "new-api":
        headers = "Api-Version: 1.99\r\n"
    if mode in HOSTILE and hostile(connection, name):
        return True
    if name.endswith("/info"):
        if mode == "deep":
            body = b"[" * 100000
        elif mode == "not-json":
            body = b"<html>"
        elif mode == "error500":
            status, body = "500 Internal Server Error", b'{"message":"broken"}'
        elif mode == "truncated":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Name\":")
            return False
        elif mode == "huge":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n")
            chunk = b" " * 1048576
            while True:
                connection.sendall(chunk)
        elif mode == "drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.2)
    connection.sendall(f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return True


def serve(connection):
    try:
        if mode == "silent":
            time.sleep(300)
        if mode == "greeting":  # lines before an SSH banner that never comes
            for block in forever((b"x" * 76 + b"\r\n") * 1000):
                connection.sendall(block)
        if mode == "garbage":
            connection.sendall(b"\x00\xff\x1b[31m garbage \r\n" * 100)
            time.sleep(1)
            return
        data = b""
        while True:
            part = connection.recv(65536)
            if not part:
                return
            data += part
            if mode == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                return
            while b"\r\n\r\n" in data:
                head, data = data.split(b"\r\n\r\n", 1)
                if not respond(connection, head.split()[1].decode()):
                    return
    except OSError:
        pass
    finally:
        connection.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=0 if mode == "blackhole" else 128)
with open(port_file, "w") as file:
    file.write(str(listener.getsockname()[1]))
if mode == "blackhole":
    # With its queue full, Linux lets further connections wait without an answer.
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    time.sleep(300)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

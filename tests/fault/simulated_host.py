#!/usr/bin/env python3
"""A simulated host for fault tests: one TCP listener that misbehaves in one way, or replays a small engine.

usage: simulated_host.py MODE PORTFILE
"""
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

#!/usr/bin/python3
"""A simulated sshd for fault tests: its key exchange is real, anyone may log in, and then it misbehaves in one way. As a jump
host ("elsewhere") it plays the target itself, with a key of its own.

usage: simulated_sshd.py MODE PORTFILE HOSTKEY
"""
import itertools
import logging
import os
import socket
import sys
import threading
import time

import paramiko
from paramiko import Message
from paramiko.common import cMSG_CHANNEL_DATA, cMSG_CHANNEL_EXTENDED_DATA, cMSG_CHANNEL_OPEN, cMSG_CHANNEL_REQUEST, cMSG_CHANNEL_SUCCESS, cMSG_CHANNEL_WINDOW_ADJUST, cMSG_DEBUG, cMSG_GLOBAL_REQUEST, cMSG_IGNORE, cMSG_USERAUTH_BANNER

mode, port_file, key_file = sys.argv[1:4]
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
KEY = paramiko.Ed25519Key(filename=key_file)


def message(*parts):
    m = Message()
    for part in parts:
        if isinstance(part, bytes) and part is parts[0]:
            m.add_byte(part)
        elif isinstance(part, bool):
            m.add_boolean(part)
        elif isinstance(part, int):
            m.add_int(part)
        else:
            m.add_string(part)
    return m


# What is sent for ever once somebody has logged in ("login") or has opened a channel ("channel": its number there).
AT_LOGIN = {
    "opens": lambda n: message(cMSG_CHANNEL_OPEN, "forwarded-tcpip", n, 1 << 21, 1 << 15, "127.0.0.1", 1, "127.0.0.1", 2),
    "globals": lambda n: message(cMSG_GLOBAL_REQUEST, "hostkeys-00@openssh.com", True, b"x" * 1000),
    "unread": lambda n: message(cMSG_GLOBAL_REQUEST, "hostkeys-00@openssh.com", True),
    "debugs": lambda n: message(cMSG_DEBUG, True, b"\x1b[31m" * 200, b""),
    "ignores": lambda n: message(cMSG_IGNORE, b"x" * 30000),
    "strays": lambda n: message(cMSG_CHANNEL_SUCCESS, 4000000000 - n),
    "kexinits": lambda n: message(bytes([20]), b""),
    "rekeys": lambda n: Message(bytes([20]) + os.urandom(16) + b"\0\0\0\4none" * 10 + b"\0\0\0\0\0"),
}
AT_CHANNEL = {
    "windows": lambda n, c: message(cMSG_CHANNEL_WINDOW_ADJUST, c, 0xFFFFFFFF),
    "requests": lambda n, c: message(cMSG_CHANNEL_REQUEST, c, "keepalive@openssh.com", True),
    "statuses": lambda n, c: message(cMSG_CHANNEL_REQUEST, c, "exit-signal", False, "KILL\x1b[31m" * 1000, False, b"", b""),
    "beyond": lambda n, c: message(cMSG_CHANNEL_DATA, c, b"x" * 30000),
    "errors": lambda n, c: message(cMSG_CHANNEL_EXTENDED_DATA, c, 1, b"x" * 30000),
}


def flood(transport, blocks):
    try:
        for block in blocks:
            transport._send_message(block)
    except (OSError, EOFError, paramiko.SSHException):
        pass


class Server(paramiko.ServerInterface):
    def __init__(self, transport):
        self.transport = transport

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        if mode == "banners":
            flood(self.transport, (message(cMSG_USERAUTH_BANNER, "\x1b[31m" * 5000, "") for _ in itertools.count()))
        if mode == "partial":
            return paramiko.AUTH_PARTIALLY_SUCCESSFUL
        if mode == "refuses":
            return paramiko.AUTH_FAILED
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind, chanid):
        return self.opened(chanid)

    def check_channel_direct_tcpip_request(self, chanid, origin, destination):
        if mode == "elsewhere":
            threading.Thread(target=self.play_target, daemon=True).start()
        return self.opened(chanid)

    def play_target(self):
        channel = self.transport.accept(5)
        if channel:
            serve(channel, paramiko.ECDSAKey.generate())

    def opened(self, chanid):
        if mode == "unanswered":
            time.sleep(300)
        if mode == "closes":
            self.transport.close()
        if mode == "prohibits":
            return paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        if mode in AT_CHANNEL:
            threading.Thread(target=self.disturb, args=(chanid,), daemon=True).start()
        return paramiko.OPEN_SUCCEEDED

    def disturb(self, chanid):
        time.sleep(0.1)  # the answer to the opening goes first
        channel = self.transport._channels.get(chanid)
        if channel:
            flood(self.transport, (AT_CHANNEL[mode](n, channel.remote_chanid) for n in itertools.count()))

    def check_channel_exec_request(self, channel, command):
        return True


def serve(connection, key=KEY):
    transport = paramiko.Transport(connection)
    transport.local_version = "SSH-2.0-OpenSSH_9.2p1"  # others are not asked to forward to sockets
    transport.add_server_key(key)
    try:
        transport.start_server(server=Server(transport))
        while transport.is_active() and not transport.is_authenticated():
            time.sleep(0.01)
        if mode == "unread":  # asks, and reads no answer
            transport.packetizer.read_message = lambda: time.sleep(300)
        if mode in AT_LOGIN:
            flood(transport, (AT_LOGIN[mode](n) for n in itertools.count()))
        while transport.is_active():
            time.sleep(0.1)
    except (OSError, EOFError, paramiko.SSHException):
        pass
    finally:
        transport.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=128)
with open(port_file, "w", encoding="ascii") as file:
    file.write(str(listener.getsockname()[1]))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

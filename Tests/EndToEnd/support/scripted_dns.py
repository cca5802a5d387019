"""A resolver of a test's own, in a network that nothing else is in.

    unshare --net --mount python3 scripted_dns.py FOLDER PROGRAM ARGUMENTS…

runs the program where this resolver is the only one. A name says what becomes of a question for it:

    ok.test, ok-2.test     127.0.0.1
    six.test               ::1 alone
    several.test           ::1 and 127.0.0.1, 127.0.0.2
    slow-1500.test         127.0.0.1, after so many milliseconds
    drop.test, drop-2.test nothing: the packet is lost
    any other              there is no such name

Each question is written to `questions` in the folder, a line each.
"""

import ctypes
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

A, AAAA = 1, 28


def name_of(packet):
    """The question's name and type, and where the question ends."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack("!H", packet[at + 1:at + 3])[0], at + 5


def addresses_of(name, kind):
    """The addresses of a name; None where there is no such name."""
    first = name.lower().split(".")[0].split("-")[0]
    known = {
        "ok": ["127.0.0.1"], "slow": ["127.0.0.1"], "six": ["::1"], "several": ["::1", "127.0.0.1", "127.0.0.2"]}
    if first not in known:
        return None
    return [each for each in known[first] if (":" in each) == (kind == AAAA)]


def answer(packet):
    """The answer to a question."""
    name, kind, end = name_of(packet)
    addresses = addresses_of(name, kind)
    family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
    records = b""
    for address in addresses or []:
        data = socket.inet_pton(family, address)
        records += struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(data)) + data
    flags = 0x8180 | (3 if addresses is None else 0)
    return packet[:2] + struct.pack("!HHHHH", flags, 1, len(addresses or []), 0, 0) + packet[12:end] + records


def serve(sock, questions):
    """Answers until it is killed."""
    def reply(packet, peer, name):
        if name.startswith("slow-"):
            time.sleep(int(name.split(".")[0].split("-")[1]) / 1000)
        sock.sendto(answer(packet), peer)

    while True:
        packet, peer = sock.recvfrom(512)
        name, kind, _ = name_of(packet)
        with open(questions, "a") as file:
            file.write(f"{name} {'A' if kind == A else 'AAAA'}\n")
        if not name.startswith("drop"):
            threading.Thread(target=reply, args=(packet, peer, name), daemon=True).start()


def main(folder, *command):
    """Makes the network, and becomes the program."""
    folder = pathlib.Path(folder)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for path, text in [("/etc/resolv.conf", "nameserver 127.0.0.1\n"), ("/etc/nsswitch.conf", "hosts: files dns\n")]:
        file = folder / pathlib.Path(path).name
        file.write_text(text)
        subprocess.run(["mount", "--bind", file, path], check=True)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    if os.fork() == 0:
        # It ends with the program, whose place the parent's becomes.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        serve(sock, folder / "questions")
    sock.close()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])

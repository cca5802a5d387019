"""nginx and HAProxy before a server of ours, to compare with. Both listen on a Unix socket: no port is guessed."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import address, polling

NGINX = """
daemon off; master_process off; pid {directory}/nginx.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
    uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e;
    upstream servers {{ server {server}; keepalive 16; }}
    server {{
        listen unix:{directory}/socket;
        location / {{
            proxy_pass http://servers; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host $http_host; proxy_request_buffering off; proxy_read_timeout 1s;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn 500
defaults
    mode http
    timeout connect 1s
    timeout client 2s
    timeout server 1s
frontend clients
    bind unix@{directory}/socket
    default_backend servers
backend servers
    http-reuse safe
    server one {server}
"""


def _nginx_command(file, directory):
    return ["nginx", "-c", file, "-p", directory]


def _haproxy_command(file, directory):
    return ["haproxy", "-db", "-f", file]


PEERS = {"nginx": (NGINX, _nginx_command), "haproxy": (HAPROXY, _haproxy_command)}


def find(name):
    """Where the program is, or None."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def running(name, server):
    """The address of a peer proxy that sends all to the address `server`."""
    text, command = PEERS[name]
    with tempfile.TemporaryDirectory(prefix="evenkeel-peer-") as directory:
        file = pathlib.Path(directory, f"{name}.cfg")
        file.write_text(text.format(directory=directory, server=server))
        arguments = command(str(file), directory)
        with open(f"{directory}/log", "wb") as log:
            process = subprocess.Popen(
                [find(name), *arguments[1:]], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        at = f"unix:{directory}/socket"
        try:
            polling.wait_until(lambda: _accepts(at), 5, f"{name} accepts: {pathlib.Path(directory, 'log').read_text()}")
            yield at
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _accepts(at):
    try:
        address.connect(at, 1).close()
    except OSError:
        return False
    return True

"""nginx as a fast server that answers each request alike."""

import pathlib
import tempfile

from . import polling, scripted_client
from .process import Process
from .reserved_port import ReservedPort

_SETTINGS = """\
daemon off;
worker_processes 1;
pid {directory}/pid;
error_log {directory}/errors;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen {address};
        location / {{
            default_type application/json;
            add_header X-Backend "Server-1:8081";
            return 200 '{{"server":"Server-1","port":8081,"request_id":1234}}';
        }}
    }}
}}
"""


class Nginx(Process):
    """A running nginx with one worker; entering it waits until it answers."""

    def __init__(self):
        self._reserved = ReservedPort()
        self.address = self._reserved.address
        self._directory_holder = tempfile.TemporaryDirectory(prefix="evenkeel-nginx-")
        file = pathlib.Path(self._directory_holder.name, "nginx.conf")
        file.write_text(_SETTINGS.format(directory=self._directory_holder.name, address=self.address))
        super().__init__("-c", file, program="nginx")

    def __enter__(self):
        super().__enter__()
        polling.wait_until(self._answers, 5, "nginx answers")
        return self

    def __exit__(self, *raised):
        try:
            self.stop()
            super().__exit__(*raised)
        finally:
            self._directory_holder.cleanup()
            self._reserved.__exit__()

    def _answers(self):
        try:
            return scripted_client.get(self.address).status == 200
        except OSError:
            return False

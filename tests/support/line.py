"""A line to the server that a test can cut: what a phone without a signal has, whatever its browser believes."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class _Call(socketserver.BaseRequestHandler):
    """One connection, carried to the server and back until either end hangs up or the line is cut."""

    server: Line

    def handle(self) -> None:
        near: socket.socket = self.request
        with contextlib.suppress(OSError), socket.create_connection(self.server.to, timeout=30) as far, self.server.holding(near, far):
            other = {near: far, far: near}
            while True:
                for end in select.select([near, far], [], [])[0]:
                    if not (content := end.recv(65_536)):
                        return
                    if not self.server.is_silent:
                        other[end].sendall(content)


class Line(socketserver.ThreadingTCPServer):
    """Carries bytes between a port of its own and the server. `url` is where a browser goes."""

    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        place = urlsplit(server)
        self.to = (place.hostname or "", place.port or 0)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._is_whole = True
        self.is_silent = False
        """Calls are taken and kept, and nothing is said any more: what a phone has in a cellar or a lift."""
        self._held: set[socket.socket] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def holding(self, *ends: socket.socket) -> Iterator[None]:
        with self._lock:
            self._held.update(ends)
            if not self._is_whole:
                _hang_up(*ends)
        try:
            yield
        finally:
            with self._lock:
                self._held.difference_update(ends)

    def cut(self) -> None:
        """Every connection ends, and so does every new one."""
        with self._lock:
            self._is_whole = False
            _hang_up(*self._held)

    def mend(self) -> None:
        with self._lock:
            self._is_whole, self.is_silent = True, False


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(server: str) -> Iterator[Line]:
    """A line that is whole, and gone with all its connections at the end."""
    with Line(server) as line:
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            line.cut()
            thread.join()

"""A mail server on loopback that keeps what it is given, and refuses what it is told to refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SmtpSink(socketserver.ThreadingTCPServer):
    """`answers` overrides the reply to a command's first word ("RCPT": "550 no such person"); an empty reply hangs up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.received: list[str] = []
        self.commands: list[str] = []
        self.answers: dict[str, str] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: SmtpSink

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.server.commands.append(command)
            verb = command.split(" ")[0].upper().split(":")[0]
            answer = self.server.answers.get(verb)
            if answer == "":
                return
            if answer is not None:
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go on")
                if not self.take_message():
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def take_message(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.decode())
        answer = self.server.answers.get("END", "250 taken")
        if answer.startswith("250"):
            self.server.received.append("".join(lines))
        if answer:
            self.say(answer)
        return bool(answer)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield sink
        sink.shutdown()
        thread.join(60)

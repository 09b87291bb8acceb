"""A mail server that speaks so far and then never ends: each connection it takes meets the next of its faults."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TALK = {b"EHLO": b"250 OK\r\n", b"MAIL": b"250 OK\r\n", b"RCPT": b"250 OK\r\n", b"DATA": b"354 Go on\r\n"}
END = b"\r\n.\r\n"


class FaultyServer:
    """`faults` are "drips at X" or "hangs at X", X being greeting, EHLO, MAIL, RCPT, DATA or end (after the letter)."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.stop = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]

    def serve(self) -> None:
        with suppress(OSError):
            for fault in self.faults:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._talk, args=[connection, *fault.split(" at ")], daemon=True).start()

    def _talk(self, connection: socket.socket, manner: str, place: str) -> None:
        with connection, suppress(OSError):
            if place == "greeting":
                return self._never_end(connection, manner)
            connection.send(b"220 faulty\r\n")
            asked = b""
            while data := connection.recv(65536):
                asked += data
                in_letter = not asked.endswith(END) and asked[:4] not in TALK
                if in_letter or not asked.endswith(b"\r\n"):
                    continue
                word, asked = ("end" if asked.endswith(END) else asked[:4].decode()), b""
                if word == place:
                    return self._never_end(connection, manner)
                connection.send(TALK.get(word.encode(), b"250 OK\r\n"))
        return None

    def _never_end(self, connection: socket.socket, manner: str) -> None:
        while not self.stop.wait(0.5):
            if manner == "drips":
                connection.send(b"2")


@contextmanager
def faulty_server(*faults: str) -> Iterator[FaultyServer]:
    server = FaultyServer(*faults)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.stop.set()
        server.listener.close()

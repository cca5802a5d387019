"""A server whose kernel swallows every SYN: connecting to it neither succeeds nor fails."""

import socket


class BlackHole:
    """A listening socket whose queue is full and never emptied."""

    # The queue of a backlog of 0 holds one connection; anything near it is full.
    MOST_TO_FILL = 16

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self._fillers = []

    def __enter__(self):
        for _ in range(self.MOST_TO_FILL):
            filler = socket.socket()
            filler.settimeout(0.2)
            self._fillers.append(filler)
            try:
                filler.connect(self._listener.getsockname())
            except TimeoutError:
                return self
        raise AssertionError("this kernel's listening queue did not fill")

    def __exit__(self, *_):
        for filler in self._fillers:
            filler.close()
        self._listener.close()

"""An endpoint that keeps its senders waiting, so that they can be killed in the middle of a POST."""

import threading

from local.sink import Receipt


class Hold:
    """Answers with `status` once it is released; the first POSTs wait for that, later ones find it open."""

    def __init__(self, status: int = 200) -> None:
        self._status = status
        self._released = threading.Event()

    def __call__(self, _receipt: Receipt) -> int:
        self._released.wait()
        return self._status

    def release(self) -> None:
        self._released.set()

"""Time limits of notebooks that notebooks start, enforced by one alarm."""

import signal
import time
from contextlib import contextmanager


class DeadlinePassed(BaseException):
    """Raised wherever the code then is; not an Exception, so that the notebook's own handlers can't swallow it."""

    def __init__(self, deadline: float):
        super().__init__(deadline)
        self.deadline = deadline


class Deadlines:
    """`set_alarm(seconds)` has the signal SIGALRM delivered after that time, once; 0 takes the alarm back."""

    def __init__(self, set_alarm):
        self._set_alarm = set_alarm
        self._active: list[float] = []

    @contextmanager
    def within(self, seconds: float):
        """Raises TimeoutError out of its body when that takes longer than `seconds`; 0 means no limit."""
        if seconds <= 0:
            yield
            return
        signal.signal(signal.SIGALRM, self._on_alarm)
        deadline = time.monotonic() + seconds
        self._active.append(deadline)
        self._arm()
        try:
            yield
        except DeadlinePassed as passed:
            if passed.deadline != deadline:
                raise
            raise TimeoutError(f"not done within {seconds} s") from None
        finally:
            self._active.remove(deadline)
            self._arm()

    def _arm(self):
        self._set_alarm(max(min(self._active) - time.monotonic(), 0.001) if self._active else 0)

    def _on_alarm(self, signum, frame):
        if not self._active:
            return
        if min(self._active) > time.monotonic():
            self._arm()
            return
        raise DeadlinePassed(min(self._active))

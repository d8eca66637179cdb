"""The worker in the test's own process: an evaluation is over when it is begun."""

from allay.faces.researcher import making
from allay.science.evaluation import BadInput
from allay.server.evaluating import REFUSED
from allay.server.worker import Worker


class Here:
    """Stands where the worker's child process stands."""

    def __init__(self, run, folder):
        self.steps, self.share, self.refused, self.killed = [], 0.0, "", False
        try:
            making.fill(folder, run, self._say)
            self.code = 0
        except BadInput as fault:
            self.code, self.refused = REFUSED, fault.reason

    @property
    def step(self):
        return self.steps[-1]

    def _say(self, step, share):
        self.steps.append(step)
        assert self.share <= share <= 1
        self.share = share

    def wait(self, seconds):
        return self.code

    def kill(self):
        self.killed = True


def turn() -> bool:
    """Works off one run; whether there was one."""
    return Worker(begin=Here).turn()

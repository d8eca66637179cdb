"""The child process of a run: `python -m allay.server.evaluating RUN FOLDER`.

It says how far it is on standard output, one JSON line a step, and ends with 0 (the folder is whole), with 3 and a
last line that says why (the data or the plan bear no report), or otherwise. It keeps to a limit of memory, gives way
to the web process, and ends when its worker is gone.
"""

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

REFUSED = 3
NO_MEMORY = 4
MEMORY = 4 * 1024**3  # bytes of address space; the tables themselves are kept to far less (evaluation/sql.py)
WORKERS_GONE = 9


def main(run_id: str, folder: str) -> int:
    _give_way()
    from allay.server import starting

    starting.setup(demo=os.environ.get("ALLAY_DEMO") == "1")
    from allay.faces.researcher import making
    from allay.records.models import EvaluationRun
    from allay.science.evaluation import BadInput

    run = EvaluationRun.objects.select_related("study", "plan").get(pk=run_id)
    try:
        making.fill(Path(folder), run, say)
    except BadInput as fault:
        print(json.dumps({"refused": fault.reason}), flush=True)
        return REFUSED
    except MemoryError:
        return NO_MEMORY
    return 0


def say(step: str, share: float) -> None:
    try:
        print(json.dumps({"step": step, "share": share}), flush=True)
    except BrokenPipeError:  # nobody is listening any more
        os._exit(WORKERS_GONE)


def _give_way() -> None:
    """Lower priority, bounded memory, one thread of linear algebra; Ctrl-C is the worker's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with suppress(AttributeError, OSError):  # a system without it
        os.nice(10)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()


def end_with(parent: int) -> None:
    """Ends this process once its parent is another: the one it worked for is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(WORKERS_GONE)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

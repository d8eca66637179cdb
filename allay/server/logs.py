"""Logs carry what broke, never whom it was about."""

import logging
import re

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PATH = re.compile(r"(?<=[\s:])/[\w\-/%.~]+")


class WithoutContent(logging.Filter):
    """Takes paths, addresses and line breaks out of messages, and values out of tracebacks' last lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        path = getattr(getattr(record, "request", None), "path", "")
        if len(path) > 1:
            message = message.replace(path, "(path)")  # whole, whatever characters stand in it
        message = "".join(c if c.isprintable() else " " for c in message)
        record.msg, record.args = _PATH.sub("(path)", _ADDRESS.sub("(address)", message)), None
        if record.exc_info and (error := record.exc_info[1]) is not None:
            record.exc_text = _where(error)
        return True


def _where(error: BaseException) -> str:
    """The kind of error and the places it passed through, without its message."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{type(error).__name__} at " + " < ".join(reversed(places[-8:]))

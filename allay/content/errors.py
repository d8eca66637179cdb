"""Faults in content files."""

from pathlib import Path


class ContentError(Exception):
    """A content file cannot be used. Names the file, the key and the reason."""

    def __init__(self, file: Path | str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = str(file), key, reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")

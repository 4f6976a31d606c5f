"""The errors, sorted by what the reader of the message has to do next.

TrackerError
|-- UsageError          mend the command, the configuration or a file        (exit code 2)
|   `-- Located         the same, with file, line and column
|-- StoreError          look after the database or the folder it lies in      (exit code 2)
|   `-- Busy            nothing to mend: another process is writing, wait
`-- SourceError         nothing to mend here: a literature service misbehaved (exit code 1)
    |-- Transient       the same request may succeed when it is tried again
    |-- Refused         the service will refuse this request for ever
    |-- Blocked         the service has shut us out: stop asking, tell the operator
    `-- Incomplete      the service answered, but with less than it promised
"""

from __future__ import annotations

from pathlib import Path


class TrackerError(Exception):
    """Anything that is told to a person in one line, without a traceback."""


class UsageError(TrackerError):
    """A command, a setting or a file has to be mended by the person who wrote it."""


class Located(UsageError):
    """A mistake in a file; ``line`` and ``column`` count from 1, 0 means the file as a whole."""

    def __init__(self, message: str, path: Path | str, line: int = 0, column: int = 0) -> None:
        self.message, self.path, self.line, self.column = message, path, line, column
        place = ":".join(str(part) for part in (path, line, column) if part)
        super().__init__(f"{place}: {message}")


class StoreError(TrackerError):
    """The database or its folder cannot be used as it is."""


class Busy(StoreError):
    """Another process is writing into the same home."""


class SourceError(TrackerError):
    """A literature service did not give what was asked for."""


class Transient(SourceError):
    """Try again: ``retry_after`` is the pause in seconds that the service asked for, if it did."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(SourceError):
    """The request itself is at fault; asking again brings the same answer."""


class Blocked(SourceError):
    """The service has shut this address out; only a person can mend that."""


class Incomplete(SourceError):
    """Fewer records arrived than the service had promised."""

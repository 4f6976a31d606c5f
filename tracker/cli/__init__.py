"""The commands: read options, call a stage, print its report; nothing else.

Data goes to stdout, talk to stderr. Exit codes: 0 all done; 1 something was incomplete or failed, the rest was kept;
2 wrong usage, configuration or file; 3 all done, but an alarm is open.
"""

from __future__ import annotations

from tracker.cli import checking, decisions, stages, upkeep, work
from tracker.cli.common import main

for module in (upkeep, checking, stages, work, decisions):
    for command in module.COMMANDS:
        main.add_command(command)

__all__ = ["main"]

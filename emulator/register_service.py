"""What the loopback services of the two registers share: a register, a day, faults by number of the request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from emulator.loopback import LoopbackService
from emulator.plan import Plan
from emulator.registers import Registers
from emulator.server_faults import FAULTS


class RegisterService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``faults``: a script by number of the request.
    """

    def __init__(
        self,
        registers: Registers,
        day: date,
        *,
        faults: Mapping[int, str] | None = None,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.registers, self.day = registers, day
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})

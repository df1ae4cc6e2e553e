"""What a pipeline does next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DecisionAction = Literal["promote", "hold", "reject", "rollback", "broken"]
EXIT_CODES: dict[DecisionAction, int] = {"promote": 0, "hold": 10, "reject": 11, "broken": 12, "rollback": 13}


@dataclass(frozen=True)
class Decision:
    """One action and why. `blocked_by` are item ids, worst first; `why` sentences for a person; `counts` items per outcome."""

    action: DecisionAction
    why: tuple[str, ...]
    blocked_by: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    waived: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """What `mlgate decide` exits with, by `EXIT_CODES`."""
        return EXIT_CODES[self.action]

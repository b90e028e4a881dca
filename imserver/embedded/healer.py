import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from imserver.embedded import console
from imserver.embedded.process import Child

_STEADY_SECONDS = 10  # who ran this long is started again at once
_LONGEST_PAUSE = 5.0


@dataclass
class Healer:
    pauses: dict[str, float] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)

    def heal(self, children: Iterable[Child]) -> None:
        """Start again whoever died, slower and slower while it keeps dying."""
        for child in children:
            if not child.running:
                self._revive(child)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.name not in self.due:
            steady = now - child.started_at > _STEADY_SECONDS
            pause = 0.2 if steady else min(2 * self.pauses.get(child.name, 0.1), _LONGEST_PAUSE)
            self.pauses[child.name], self.due[child.name] = pause, now + pause
            console.say("im", f"{child.name} ended (code {child.code}); starting it again in {pause:.1f} s")
        if now >= self.due[child.name]:
            del self.due[child.name]
            child.start()

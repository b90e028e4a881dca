"""The embedded event log: there is none. Whoever publishes calls the subscriptions himself."""

from imserver.events.event import Events
from imserver.events.handling import Handler
from imserver.subscriptions import active


class Direct:
    def wants(self) -> bool:
        return bool(active())

    def publish(self, events: Events) -> None:
        """One subscription after the other; one that is unavailable keeps the later ones waiting too."""
        for name, subscription in active().items():
            Handler(name, subscription).take(events)

    def trouble(self) -> str:
        return ""

"""Table 3: who reacts to which kind of entry. Each task takes `*, event, **_` and is safe to repeat."""

SUBSCRIPTIONS: dict[str, list[str]] = {}

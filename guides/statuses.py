"""States and words of the room."""

EVENT_WORDS: dict[str, str] = {}

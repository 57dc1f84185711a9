"""The names both ends know: one queue for each medium, one for what no medium is needed for, one for dead letters."""

TASK = "alo.send"
"""The one message there is; it carries the id of a row of the outbox, and nothing else."""
ADDRESSING = "alo.addressing"
"""Facts, whose hearers are still to be found out, and what reaches nobody: the database is all it takes."""
BY_MEDIUM = {name: f"alo.{name}" for name in ("email", "sms", "webhook")}
QUEUES = (ADDRESSING, *BY_MEDIUM.values())
DEAD = "alo.dead"
"""What nobody understood."""
LONGEST = 1000
"""Ids in a queue; the broker refuses more, and the rows wait in the database, where they are seen."""
MOST_DEAD = 10_000
"""Dead letters that are kept; the oldest go."""


class Away(Exception):
    """Nothing can be handed to the broker now; `why`: a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Full(Exception):
    """The broker takes no more into this queue now."""

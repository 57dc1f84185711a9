"""A database that notes what it is asked."""

from typing import Any

from db.session import Database


class CountingDatabase(Database):
    """Keeps the statements of every call of its methods, in order; what runs inside `write` is one."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[str] = []

    def ask(self, query: Any, params: dict[str, Any]) -> Any:
        """As in Database, noted."""
        self.asked.append(str(query.statement))
        return super().ask(query, params)

    def ask_all(self, *steps: Any) -> Any:
        """As in Database, noted one by one."""
        self.asked.extend(str(query.statement) for query, _ in steps)
        return super().ask_all(*steps)

    def rows(self, statement: Any, params: Any = None) -> Any:
        """As in Database, noted."""
        self.asked.append(str(statement))
        return super().rows(statement, params)

    def first(self, statement: Any, params: Any = None) -> Any:
        """As in Database, noted."""
        self.asked.append(str(statement))
        return super().first(statement, params)

    def claim(self, statement: Any, params: dict[str, Any]) -> int:
        """As in Database, noted."""
        self.asked.append(str(statement.statement))
        return super().claim(statement, params)

    def change(self, statement: Any, params: Any = None) -> Any:
        """As in Database, noted."""
        self.asked.append(str(getattr(statement, "statement", statement)))
        return super().change(statement, params)

    def write(self, work: Any) -> Any:
        """As in Database, noted."""
        self.asked.append("a transaction")
        return super().write(work)

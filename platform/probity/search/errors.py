"""What a query that cannot be read is answered."""

from typing import ClassVar

from probity.core.errors import InvalidInput


class SearchRefused(InvalidInput):
    """A search that cannot be understood; the sentence says which part and what would do."""

    code: ClassVar[str] = "search-refused"

    @classmethod
    def because(cls, sentence: str) -> "SearchRefused":
        """The refusal of the query field."""
        return cls(sentence, fields={"q": sentence})

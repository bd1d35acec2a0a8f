"""The root of every sentence that tells a person why something was refused."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Something was not done, and the person who asked should know why.

    The same sentence is shown in the browser, in the API and on the command line. Subclasses set
    ``code`` (kebab-case, unique) and may set ``status`` (the HTTP status that fits).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    _by_code: ClassVar[dict[str, type[Refusal]]] = {}

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Refusal._by_code[cls.code] = cls

    def to_dict(self) -> dict[str, str]:
        """The form that crosses a process boundary."""
        return {"code": self.code, "sentence": self.sentence}

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> Refusal:
        """Rebuild a refusal raised in another process; unknown codes become a plain Refusal."""
        return cls._by_code.get(data["code"], Refusal)(data["sentence"])

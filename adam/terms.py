"""The words of the response criteria, as CDISC terminology (ONCRSR) writes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResponseTerms:
    """The values an overall response takes under one set of criteria."""

    complete: str
    partial: str
    stable: str
    neither: str
    progression: tuple[str, ...]
    not_evaluable: str = "NE"

    @property
    def responses(self) -> tuple[str, str]:
        """Complete and partial response."""
        return (self.complete, self.partial)

    @property
    def at_least_stable(self) -> tuple[str, str, str, str]:
        """What is a clinical benefit if it lasts."""
        return (self.complete, self.partial, self.stable, self.neither)


RECIST = ResponseTerms("CR", "PR", "SD", "NON-CR/NON-PD", ("PD",))
IRECIST = ResponseTerms("iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", ("iCPD", "iUPD"))

"""Links of a page made from a file that anyone may have written."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_SCHEMES = frozenset({"", "http", "https"})


def safe_href(href: str) -> str | None:
    """A relative path or a web address as it is; nothing that could run (`javascript:`, `data:`, …)."""
    cleaned = "".join(character for character in href if character > " ")
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return None
    return quote(href.strip(), safe="/:?#[]@!$&'()*+,;=%~") if href.strip() and parts.scheme in _SCHEMES else None


def with_page(href: str | None, kind: str, place: str) -> str | None:
    """A link to a page of a PDF, or to a named destination in it."""
    if href is None:
        return None
    fragment = f"page={quote(place)}" if kind == "PhysicalRef" else quote(place)
    return f"{href.partition('#')[0]}#{fragment}"

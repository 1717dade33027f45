"""The words that this engine adds to the spec language; importing it registers them."""

from adam.derivations import dates, death, events, flags, responses

__all__ = ["dates", "death", "events", "flags", "responses"]

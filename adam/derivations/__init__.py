"""The words that this engine adds to the spec language; importing it registers them."""

from adam.derivations import dates, events, flags, responses

__all__ = ["dates", "events", "flags", "responses"]

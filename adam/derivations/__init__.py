"""The words that this engine adds to the spec language; importing it registers them."""

from adam.derivations import dates, death, events, flags, immune, lesions, responses, shares

__all__ = ["dates", "death", "events", "flags", "immune", "lesions", "responses", "shares"]

"""The words that this engine adds to the spec language; importing it registers them."""

from adam.derivations import dates, death, differences, events, flags, immune, lesions, responses, shares

__all__ = ["dates", "death", "differences", "events", "flags", "immune", "lesions", "responses", "shares"]

"""The ADaM engine: words for analysis datasets, over kernels that know no spec."""

from adam import derivations

__all__ = ["derivations"]

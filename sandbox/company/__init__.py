"""The simulated company. `World` is all that the servers need."""

from sandbox.company.world import World

__all__ = ["World"]

"""Processes that are killed at random moments, again and again: nothing half is left, nothing is lost.

One siege is laid to a server under the load of buyers, the other to a month of usage: importer, bill run and posting.
"""


def quiet(kills: int) -> None:
    """Tell nobody how far a siege is."""

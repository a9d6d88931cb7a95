"""Why a rating cannot be made: of one thing the caller handed over, said before anything is written where possible."""

from __future__ import annotations


class RatingRefused(Exception):
    """The input is not what `schemas` says, or the output folder is not empty. The text says which file and why."""

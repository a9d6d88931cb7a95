"""Rating: files of usage and prices in, files of bill lines out. Pure: no Django, no database, no network, no clock.

    from partner_center.rating import run
    totals = run(in_folder, out_folder, engine="duckdb")

`schemas` says what stands in every table, docs/algorithms/rating.md the rules; `plain` is the slow and obvious
reference. The engines are imported when a run asks for one, never by importing this package.
"""

from partner_center.rating.errors import RatingRefused
from partner_center.rating.run import run
from partner_center.rating.totals import Totals

__all__ = ["RatingRefused", "Totals", "run"]

"""The steps of a rating, one module each: Ibis expressions over tables, written once for every engine.

read → packages → peaks → cumulation → tariff → discounts → ties → lines → groups → checks; amortisation beside them.
"""

"""The bill run: snapshot, rate, check, compare, post; and the month-to-date ratings between two of them."""

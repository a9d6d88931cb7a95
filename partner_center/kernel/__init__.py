"""The ground: money, periods, the clock, lifecycles, errors, ids. Pure Python; imports neither Django nor pydantic."""

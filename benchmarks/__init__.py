"""Measurements against peers, run by hand: `./run bench NAME`. Never part of the tests; ratios, not times, are claimed."""

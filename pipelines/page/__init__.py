"""The scorecard as a page: facts of a night → what is shown → HTML in one file, and an index over the nights."""

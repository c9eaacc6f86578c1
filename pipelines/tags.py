"""The tags by which runs tell each other what they are for."""

RUN_DAY = "kompas/run_day"
"""Of a build: the last day that the night pulled."""
FULL_REFRESH = "kompas/full_refresh"
"""Of a build: make every table anew."""
ATTENDED = "kompas/attended"
"""A run that somebody waits for at the command line: no sensor follows it."""
CALL = "kompas/call"
"""Names the call of the command line that a run belongs to."""

PARTITION = "dagster/partition"
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"

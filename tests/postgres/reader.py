"""A BI tool that queries without pause, in a process of its own: `python -m tests.postgres.reader URL STOP`.

It says when it is open; at its end, as JSON, how often it looked, which nights it saw, what was wrong, and its slowest
look in seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psycopg

_LOOK = """
    select distinct night from (
        select night from kompas_kpi.t0 union all select night from kompas_kpi.t1
        union all select night from kompas_kpi.t2 union all select night from kompas_kpi.t3
    ) as everything
"""
_COUNT = "select count(*) from kompas_kpi.t0 join kompas_kpi.t3 using (night, row)"


def main(url: str, stop: Path) -> None:
    looks, nights, wrong, slowest = 0, set(), [], 0.0
    with psycopg.connect(url, autocommit=True) as connection:
        print("open", flush=True)
        while not stop.exists():
            started = time.monotonic()
            # Two questions of one transaction, as a dashboard asks them that wants to show one night.
            with connection.transaction():
                connection.execute("set transaction isolation level repeatable read, read only")
                seen = sorted(night for (night,) in connection.execute(_LOOK))
                (rows,) = connection.execute(_COUNT).fetchone() or (0,)
            slowest = max(slowest, time.monotonic() - started)
            looks += 1
            nights.update(seen)
            if len(seen) != 1 or rows != 50:
                wrong.append((seen, rows))
    print(json.dumps({"looks": looks, "nights": sorted(nights), "wrong": wrong, "slowest_s": slowest}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

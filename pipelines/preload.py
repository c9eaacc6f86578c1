"""What Dagster's steps import: loaded once, by the process that they are forked from, and our definitions after it.

It may open no connection, thread or channel: these do not survive a fork.
"""

import alembic.context  # noqa: F401
import dagster._core.execution.api
import dagster._core.execution.plan.execute_plan
import dagster._core.executor.multiprocess
import dagster._core.storage.event_log
import dagster._core.storage.local_compute_log_manager
import dagster._core.storage.root
import dagster._core.storage.runs
import dagster._core.storage.schedules
import dagster._core.storage.sqlite_storage  # noqa: F401
import pyarrow.parquet  # noqa: F401
import sqlalchemy.dialects.sqlite  # noqa: F401

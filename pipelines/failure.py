"""What the failure of a step says to a person."""

import dagster as dg


def said(event: dg.DagsterEvent) -> str:
    """The words of whoever raised it, else the step and its error."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    return f"{event.step_key}: {data.error.message.strip() if data.error else 'failed'}"

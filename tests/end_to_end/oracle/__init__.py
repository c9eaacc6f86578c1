"""An independent judge of verdicts: plain Python from docs/verdicts.md and the simulated company, and nothing of dbt's.

`known` is what the lake can know of the company each night, `periods` the calendar, `pace` the share and the forecast,
`noise` the intervals, `judge` the rules in their order, `guardrails` what two KPIs say of each other.
"""

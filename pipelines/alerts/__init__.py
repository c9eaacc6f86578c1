"""Alerts: one digest a night and channel, on change of verdict only; and an alarm when no night ended.

standing  what is so after a night: the verdicts that count, and the root causes of those that are not there
known     what a channel knows: a ledger in the lake
digest    the difference between the two, which is what is sent
"""

"""BI tools that are set up by a script: nothing of the pipeline needs them."""

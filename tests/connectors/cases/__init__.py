"""What the standard suite has to know of each connector: a module per platform, with a CASE."""

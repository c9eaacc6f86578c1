"""Stand-in of dbt's own macros for sqlfluff, which renders the models without dbt."""


def type_string() -> str:
    return "varchar"

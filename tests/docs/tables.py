"""The tables of the docs that say what the code says: made from the code, so that they cannot differ from it.

    <!-- table: streams ga4 -->
    …
    <!-- end of table -->

`python -m tests.docs.tables` writes them anew; a test fails when a page has another table than the code would make.
On a Dutch page (`….nl.md`) they are Dutch: by the code's own Dutch words where it has them, else by `nl.po`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from connectors.connector import Connector, PlatformSettings
from connectors.files_tables import TABLES
from connectors.registry import CONNECTORS
from connectors.stream import Kind, Stream
from pipelines import contract as contracts
from pipelines import vocabulary, warehouse_words
from pipelines.kpi import Kpi, catalogue, with_defaults
from pipelines.sectors import presets
from pipelines.settings import json_schema
from tests.docs import tongue
from tests.docs.tongue import Tongue

REPOSITORY = Path(__file__).parents[2]
DBT = REPOSITORY / "dbt_project"
_MARKED = re.compile(r"(?P<start><!-- table: (?P<what>.+?) -->\n).*?(?P<end><!-- end of table -->)", re.DOTALL)
_SECRET = "^(env:"
Schema = dict[str, Any]


def pages() -> list[Path]:
    """The README and every page of docs/."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def written(text: str, say: Tongue) -> str:
    """A page with its tables as the code makes them now, in a language."""
    return _MARKED.sub(lambda found: found["start"] + made(found["what"], say) + found["end"], text)


def made(what: str, say: Tongue) -> str:
    """The table that a marker asks for: the name of a maker, and what it is to be of."""
    name, *of = what.split()
    return _MAKERS[name](say, *of)


def _table(say: Tongue, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [[say(name) for name in header], ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# Settings


def _settings(say: Tongue, name: str) -> str:
    """The keys of a part of kompas.yaml, by the name of its definition in the JSON Schema."""
    part = keyed(_definitions()[name])
    rows = [
        (f"`{key}`", say(_meaning(name, key, schema)), _values(say, schema), _default(say, name, key, schema, part))
        for key, schema in part["properties"].items()
    ]
    return _table(say, ("key", "what it is", "value", "default"), rows)


@cache
def _definitions() -> Schema:
    definitions: Schema = json_schema()["$defs"]
    return definitions


def keyed(definition: Schema) -> Schema:
    """The part of a definition that has keys: a column of a file may be written as a plain name as well."""
    return next(option for option in (definition, *definition.get("anyOf", ())) if "properties" in option)


def _platform_settings(say: Tongue) -> str:
    """The keys of every platform and of its accounts, under headings of their own; those of files have words too."""
    parts = [part for connector in CONNECTORS.values() if connector.name != "files" for part in _parts_of(connector)]
    return "\n".join(f"### {name}\n\n{_settings(say, name)}" for name in parts)


def _parts_of(connector: type[Connector]) -> list[str]:
    own = connector.Settings.__name__
    account = _definitions()[own]["properties"]["accounts"]["items"]["$ref"].split("/")[-1]
    return [own] if account == "AccountSettings" else [own, account]


def _platforms(say: Tongue, folder: str) -> str:
    """Every platform with its page, and what it brings."""
    brings: dict[str, dict[str, None]] = {}
    for row in _seed("concept_streams"):
        brings.setdefault(row["connector"], {})[row["concept"].replace("_", " ")] = None
    return _table(
        say,
        ("platform", "brings"),
        (
            (
                f"[{say(connector.title)}]({folder}/{name}.md)",
                ", ".join(map(say, brings.get(name, {"exchange rates": None}))),
            )
            for name, connector in CONNECTORS.items()
        ),
    )


_UNDESCRIBED = {
    ("SandboxSettings", "port"): "HTTP port of the simulated platforms",
    ("SandboxSettings", "grpc_port"): "gRPC port of the simulated GA4",
    ("SandboxSettings", "seed"): "Another seed is another company",
    ("SandboxSettings", "scale"): "Volume; 1 is about 1,500 visits a day",
    ("Kpi", "unit"): "Unit of the value as stored; a ratio of 0.03 is shown as 3 %",
    ("Kpi", "direction"): "Which side of the target is good",
    ("Kpi", "targets"): "The dated targets",
    ("Words", "nl"): "In Dutch",
    ("Words", "en"): "In English",
}


def _meaning(name: str, key: str, schema: Schema) -> str:
    return str(schema.get("description") or _UNDESCRIBED[name, key])


def _values(say: Tongue, schema: Schema) -> str:
    """What may stand there, in few words."""
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    if len(options) > 1:
        return ", ".join(dict.fromkeys(_values(say, option) for option in options))
    (only,) = options
    if "$ref" in only:
        return _named(say, only["$ref"].split("/")[-1])
    if "enum" in only or "const" in only:
        return ", ".join(f"`{json.dumps(value)}`" if value in ("", " ") else f"`{value}`" for value in _listed(only))
    if only.get("type") == "array":
        return say("list of {}").format(_values(say, only["items"]))
    if only.get("type") == "object":
        told = only["additionalProperties"]
        return say("mapping") if told is True else say("mapping of {}").format(_values(say, told))
    return say(_plain(only))


def _listed(schema: Schema) -> list[Any]:
    return [str(schema["const"]).lower()] if "const" in schema else list(schema["enum"])


def _plain(schema: Schema) -> str:
    if str(schema.get("pattern", "")).startswith(_SECRET):
        return "`env:NAME` or `file:PATH`"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    return "day" if schema.get("format") == "date" else words[schema["type"]]


def _named(say: Tongue, name: str) -> str:
    definition = _definitions()[name]
    if "enum" in definition:
        return _values(say, definition)
    return f"{say('text')}, " * ("anyOf" in definition) + f"[{name}](#{name.lower()})"


def _default(say: Tongue, name: str, key: str, schema: Schema, part: Schema) -> str:
    if key in part.get("required", ()):
        return say("**required**")
    if name == "Kpi" and Kpi.model_fields[key].is_required():
        return say("the catalogue's")
    default = schema.get("default")
    if isinstance(default, str) and default.strip('"'):
        return f"`{default}`"
    return "–" if default is None else f"`{json.dumps(default)}`"


def _keys(say: Tongue, platform: str) -> str:
    """The settings keys of a platform, and those of its accounts."""
    settings = CONNECTORS[platform].Settings
    account = _account_of(settings)
    text = f"{_settings(say, settings.__name__)}\n{say('Of each account:')}\n\n{_settings(say, account)}"
    return text.replace("](#", "](../settings.md#")


def _account_of(settings: type[PlatformSettings]) -> str:
    items = _definitions()[settings.__name__]["properties"]["accounts"]["items"]
    return str(items["$ref"]).split("/")[-1]


# Streams


def _streams(say: Tongue, platform: str) -> str:
    rows = [
        (
            f"`{stream.name}`",
            say(stream.description),
            _reread(say, stream),
            ", ".join(f"`{name}`" for name in stream.key),
        )
        for stream in CONNECTORS[platform].streams
    ]
    return _table(say, ("stream", "a row is", "pulled again every night", "key"), rows)


def _reread(say: Tongue, stream: Stream) -> str:
    words = {
        Kind.REPORT: "the last {} days",
        Kind.ENTITY: "what changed in the last two days",
        Kind.FULL: "everything",
    }
    return say(words[stream.kind]).format(stream.look_back_days)


def _file_columns(say: Tongue) -> str:
    """The columns of every table that files can fill; those without which a mapping is refused are bold."""
    parts = []
    for table in TABLES.values():
        rows = [
            (f"**`{name}`**" if name in table.required else f"`{name}`", say(field.description))
            for name, field in table.mappable.items()
        ]
        key = ", ".join(f"`{name}`" for name in table.key)
        told = say("Key: {}. Day: `{}`.").format(key, table.day_field)
        head = f"### {table.name}\n\n{say(table.description)}. {told}\n\n"
        parts.append(head + _table(say, ("column", "what it is"), rows))
    return "\n".join(parts)


# KPIs


def _catalogue(say: Tongue) -> str:
    rows = [
        (
            f"`{entry['id']}`",
            entry["name"]["nl"],
            _formula(entry),
            entry["unit"],
            entry["direction"],
            f"{entry.get('minimum_sample', 0):g}",
            str(entry.get("immature_days", 0)),
            entry["definition"][say.code],
        )
        for entry in catalogue().values()
    ]
    header = ("id", "name", "formula", "unit", "good is", "minimum sample", "days until settled", "in words")
    return _table(say, header, rows)


def _bases(say: Tongue) -> str:
    rows = [
        (f"`{made['id']}`", f"`{basis}`", _formula(made), made["definition"][say.code])
        for entry in catalogue().values()
        for basis in entry.get("bases", ())
        for made in [with_defaults({"id": entry["id"], "basis": basis})]
    ]
    return _table(say, ("id", "basis", "formula", "in words"), rows)


def _formula(entry: dict[str, Any]) -> str:
    return f"`{entry['numerator']}`" + (f" / `{entry['denominator']}`" if "denominator" in entry else "")


def _meanings(say: Tongue) -> str:
    rows = [
        (f"`{entry['id']}`", *(entry[part][say.code] for part in ("means", "measured", "caveats")))
        for entry in catalogue().values()
    ]
    return _table(say, ("id", "what it means", "how it is measured", "bear in mind"), rows)


def _sectors(say: Tongue) -> str:
    kpis = ((sector, ", ".join(f"`{kpi['id']}`" for kpi in preset)) for sector, preset in presets().items())
    return _table(say, ("sector", "KPIs"), ((f"`{sector}`", ids) for sector, ids in kpis))


def _seed(name: str) -> list[dict[str, str]]:
    with (DBT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _measures(say: Tongue) -> str:
    return _table(
        say,
        ("measure", "needs"),
        (
            (f"`{name}`", ", ".join(f"`{source}`" for source in sources))
            for name, sources in vocabulary.sources().items()
        ),
    )


def _reasons(say: Tongue) -> str:
    return _table(
        say, ("code", "Dutch", "English"), ((f"`{row['code']}`", row["nl"], row["en"]) for row in _seed("reasons"))
    )


def _channels(say: Tongue) -> str:
    return _table(
        say, ("channel", "what belongs to it"), ((row["channel"], say(row["description"])) for row in _seed("channels"))
    )


# The published warehouse


@cache
def published() -> dict[str, contracts.Columns]:
    """The published tables and views, by `schema.table`, with the types of their columns."""
    return contracts.current().tables


@cache
def described() -> warehouse_words.Words:
    """What models and their columns mean, by `schema.table` and column, as dbt's YAML and publishing say it."""
    found = {(table, column): text for table, words in warehouse_words.OWN.items() for column, text in words.items()}
    for file in (DBT / "models").glob("*/_*.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", ()):
            table = f"{file.parent.name}.{model['name']}"
            found[table, ""] = _words(model["description"])
            found |= {(table, column["name"]): _words(column["description"]) for column in model["columns"]}
    return found


def _published(say: Tongue, schema: str) -> str:
    """The tables of a schema that the contract names. Their Dutch is the warehouse's own, which BI tools show."""
    parts = []
    for table, columns in published().items():
        if table.startswith(f"{schema}."):
            meaning = {column: warehouse_words.told(described()[table, column], say.code) for column in ("", *columns)}
            rows = [(f"`{column}`", kind, meaning[column]) for column, kind in columns.items()]
            parts.append(f"### {table}\n\n{meaning['']}.\n\n" + _table(say, ("column", "type", "what it is"), rows))
    return "\n".join(parts)


@cache
def _blocks() -> dict[str, str]:
    text = "".join(file.read_text(encoding="utf-8") for file in (DBT / "models").rglob("*.md"))
    return dict(re.findall(r"{% docs (\w+) %}(.*?){% enddocs %}", text, re.DOTALL))


def _words(description: str) -> str:
    return re.sub(r"{{ doc\('(\w+)'\) }}", lambda found: _blocks()[found[1]], description)


_MAKERS: dict[str, Callable[..., str]] = {
    "settings": _settings,
    "platform_settings": _platform_settings,
    "platforms": _platforms,
    "keys": _keys,
    "streams": _streams,
    "file_columns": _file_columns,
    "catalogue": _catalogue,
    "bases": _bases,
    "meanings": _meanings,
    "sectors": _sectors,
    "measures": _measures,
    "reasons": _reasons,
    "channels": _channels,
    "published": _published,
}


def main() -> None:
    dutch = tongue.dutch()
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = written(before, dutch if page.name.endswith(".nl.md") else Tongue("en", {}))
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page.relative_to(REPOSITORY)}")
    tongue.keep(sorted(dutch.asked))
    for text in dutch.missing():
        print(f"no Dutch in tests/docs/nl.po: {text}")


if __name__ == "__main__":
    main()

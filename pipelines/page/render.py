"""Pages from templates: HTML in one file, with its style inside and all text escaped."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from pipelines.page.voice import Voice


def html(template: str, voice: Voice, **told: Any) -> str:
    """The page of a template. What it shows is escaped, unless it is Markup; a name that it lacks is an error."""
    text = _environment().get_template(template).render(words=voice, style=_style(), **told)
    return re.sub(r"\n\s+", "\n", text)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> Markup:
    return Markup(resources.files("pipelines.page").joinpath("templates/page.css").read_text(encoding="utf-8"))

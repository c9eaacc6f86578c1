"""Typeform: answers to the question about satisfaction of a form.

typeform.py            settings, the connection test, the forms that can be seen
typeform_streams.py    the stream and its columns
typeform_question.py   which question tells the score, and on which scale
typeform_api.py        calls, pages, tokens, and what a refusal means

An account of kompas.yaml is a form:

    typeform: {access_token: "env:TYPEFORM_TOKEN", accounts: [{id: u6nXL7, question: satisfied}]}

Source: https://www.typeform.com/developers/responses/
"""

from __future__ import annotations

from typing import cast

from pydantic import Field as Setting
from pydantic import model_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.load import Load
from connectors.oauth import TokenAuth
from connectors.secret import Secret
from connectors.survey_answers import NPS
from connectors.typeform_api import CONCURRENT, TypeformApi, personal, renewed
from connectors.typeform_question import Question, question_of
from connectors.typeform_streams import RESPONSES

_NO_SATISFACTION = (
    "whether someone would recommend is not whether they are satisfied: these answers do not count in CSAT"
)


class TypeformAccount(AccountSettings):
    """One form. Its id is the end of its address, …typeform.com/to/u6nXL7."""

    question: str | None = Setting(
        None, description="Ref, id or title of the question whose answer is the score; the first rating by default"
    )


class TypeformSettings(PlatformSettings):
    """Typeform in kompas.yaml: a personal token, or an OAuth app with a refresh token that Typeform replaces."""

    base_url: str = Setting(
        "https://api.typeform.com", description="Where the API is; https://api.eu.typeform.com for accounts in the EU"
    )
    access_token: Secret | None = Setting(None, description="Personal token with forms:read and responses:read")
    client_id: str | None = Setting(None, description="Client id of an OAuth app, instead of a personal token")
    client_secret: Secret | None = Setting(None, description="Client secret of the OAuth app")
    refresh_token: Secret | None = Setting(
        None, description="Refresh token of the OAuth app, in a file: Typeform replaces it at every use"
    )
    accounts: list[TypeformAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The forms to pull"
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> TypeformSettings:
        of_the_app = (self.client_id, self.client_secret, self.refresh_token)
        if (self.access_token is not None) == any(of_the_app) or any(of_the_app) != all(of_the_app):
            raise ValueError("give either access_token, or client_id, client_secret and refresh_token")
        return self

    def auth(self) -> TokenAuth:
        """Signs requests, by the way in that is set."""
        if self.access_token:
            return personal(self.access_token)
        assert self.client_id and self.client_secret and self.refresh_token, "the validator saw to it"
        return renewed(self.base_url, self.client_id, self.client_secret, self.refresh_token)


class Typeform(Connector[TypeformSettings]):
    """Typeform. An account is a form."""

    name = "typeform"
    title = "Typeform"
    streams = (RESPONSES,)
    Settings = TypeformSettings
    max_concurrent = CONCURRENT
    docs_url = "https://www.typeform.com/developers/responses/"

    def __init__(self, settings: TypeformSettings, company: Company) -> None:
        super().__init__(settings, company)
        self.api = TypeformApi(settings.base_url, settings.auth())

    def question(self, account: Account, load: Load) -> tuple[str, Question]:
        """Title of the form, and its question about satisfaction. Raises ConfigurationError where there is none."""
        form = self.api.form(account.id, load)
        return str(form.get("title") or account.name), question_of(form, _settings(account).question)

    def check(self, account: Account) -> AccountFacts:
        """Reads the form: what it is called, and which of its questions tells the score."""
        title, question = self.question(account, Load())
        notes = (_NO_SATISFACTION,) if question.scale == NPS else ()
        return AccountFacts(f"{title}; the score is “{question.title}”, {question.scale}", notes=notes)

    def discover(self) -> tuple[Found, ...]:
        """The forms that the token can see."""
        return tuple(
            Found(str(form.get("id")), str(form.get("title") or form.get("id"))) for form in self.api.forms(Load())
        )


def _settings(account: Account) -> TypeformAccount:
    return cast(TypeformAccount, account.settings)

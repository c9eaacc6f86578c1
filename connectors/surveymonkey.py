"""SurveyMonkey: answers to the question about satisfaction of a survey.

surveymonkey.py            settings, the connection test, the surveys that can be seen
surveymonkey_streams.py    the stream and its columns
surveymonkey_question.py   which question tells the score, and on which scale
surveymonkey_api.py        calls, pages, and what a refusal means

An account of kompas.yaml is a survey. An app may make 500 calls a day, and a survey takes two of them a night:

    surveymonkey: {access_token: "env:SURVEYMONKEY_TOKEN", accounts: [{id: "105723396"}]}

Source: https://api.surveymonkey.com/v3/docs
"""

from __future__ import annotations

from typing import cast

from pydantic import Field as Setting

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.load import Load
from connectors.secret import Secret
from connectors.surveymonkey_api import CONCURRENT, SurveyMonkeyApi
from connectors.surveymonkey_question import Question, question_of
from connectors.surveymonkey_streams import RESPONSES


class SurveyMonkeyAccount(AccountSettings):
    """One survey. Its id is the number that the API calls it by; `kompas check` lists those of the token."""

    question: str | None = Setting(
        None, description="Id or text of the question whose answer is the score; the first rating by default"
    )


class SurveyMonkeySettings(PlatformSettings):
    """SurveyMonkey in kompas.yaml."""

    base_url: str = Setting(
        "https://api.surveymonkey.com",
        description="Where the API is; https://api.eu.surveymonkey.com or https://api.surveymonkey.ca by the account",
    )
    access_token: Secret = Setting(description="Access token of an app with surveys_read and responses_read_detail")
    accounts: list[SurveyMonkeyAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The surveys to pull"
    )


class SurveyMonkey(Connector[SurveyMonkeySettings]):
    """SurveyMonkey. An account is a survey."""

    name = "surveymonkey"
    title = "SurveyMonkey"
    streams = (RESPONSES,)
    Settings = SurveyMonkeySettings
    max_concurrent = CONCURRENT
    docs_url = "https://api.surveymonkey.com/v3/docs"

    def __init__(self, settings: SurveyMonkeySettings, company: Company) -> None:
        super().__init__(settings, company)
        self.api = SurveyMonkeyApi(settings.base_url, settings.access_token)

    def question(self, account: Account, load: Load) -> tuple[str, Question]:
        """Title of the survey, and its question about satisfaction. Raises ConfigurationError where there is none."""
        survey = self.api.survey(account.id, load)
        return str(survey.get("title") or account.name), question_of(survey, _settings(account).question)

    def check(self, account: Account) -> AccountFacts:
        """Reads the survey: what it is called, and which of its questions tells the score."""
        title, question = self.question(account, Load())
        return AccountFacts(f"{title}; the score is “{question.title}”, {question.scale}")

    def discover(self) -> tuple[Found, ...]:
        """The surveys that the token can see."""
        return tuple(
            Found(str(one.get("id")), str(one.get("title") or one.get("id"))) for one in self.api.surveys(Load())
        )


def _settings(account: Account) -> SurveyMonkeyAccount:
    return cast(SurveyMonkeyAccount, account.settings)

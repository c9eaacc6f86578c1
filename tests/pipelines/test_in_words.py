"""Errors of a step, as a person reads them."""

import errno
import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from connectors.errors import ConfigurationError
from pipelines import in_words


def told(error: BaseException) -> str:
    with pytest.raises(dg.Failure) as caught, in_words.failures("published"):
        raise error
    assert caught.value.__cause__ is error
    return caught.value.description or ""


def test_an_error_of_ours_is_told_in_its_own_words() -> None:
    error = ConfigurationError("another run of shopify is under way", hint="wait until it has ended")
    assert told(error) == "published: another run of shopify is under way (wait until it has ended)"


def test_an_unexpected_error_is_called_a_bug() -> None:
    assert told(ZeroDivisionError("division by zero")).endswith("(this is a bug of Kompas, please report it)")


def test_a_full_disk_is_told() -> None:
    assert "the disk is full" in told(OSError(errno.ENOSPC, "No space left on device"))


def test_a_build_file_that_another_program_holds_is_told(tmp_path: Path) -> None:
    file = tmp_path / "build.duckdb"
    code = f"import duckdb, time; c = duckdb.connect({str(file)!r}); print('open', flush=True); time.sleep(60)"

    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(duckdb.IOException) as caught:
            duckdb.connect(str(file))
        other.kill()
    assert "another program has Kompas' private build file open" in told(caught.value)


def test_a_failure_that_is_in_words_already_passes() -> None:
    with pytest.raises(dg.Failure, match="shopify is down"), in_words.failures("shopify"):
        raise dg.Failure("shopify is down")


def test_a_line_has_no_breaks() -> None:
    assert "\n" not in told(LookupError("two\nlines"))

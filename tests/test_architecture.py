"""The house plan, measured: small files, small functions, errors with one name each, models that are the tables."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from django.apps import apps
from django.db import connection

from imserver import errors
from imserver.errors import DomainError
from messaging.errors import REFUSALS

ROOT = Path(__file__).resolve().parent.parent
APPS = ("imserver", "accounts", "messaging", "inbox", "friends", "groups")
FILES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts and path.read_text()
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def parameters(function: Function) -> int:
    taken = function.args
    named = [one.arg for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
    return len([name for name in named if name not in ("self", "cls")])


def p95(numbers: list[int]) -> int:
    return sorted(numbers)[len(numbers) * 95 // 100]


def test_files_are_short() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert not {name: count for name, count in lines.items() if count > 300}
    assert p95(list(lines.values())) <= 150, sorted(lines.items(), key=lambda one: one[1])[-12:]


def test_functions_are_short() -> None:
    lines = {name: length(function) for name, function in functions()}
    assert not {name: count for name, count in lines.items() if count > 40}
    assert p95(list(lines.values())) <= 20


def test_functions_take_few_parameters() -> None:
    assert not {name: count for name, function in functions() if (count := parameters(function)) > 6}


def test_nothing_is_imported_inside_a_function() -> None:
    inner = chain.from_iterable(((name, one) for one in ast.walk(function)) for name, function in functions())
    assert not [name for name, node in inner if isinstance(node, ast.Import | ast.ImportFrom)]


def refusals() -> list[type[DomainError]]:
    for path in FILES:
        if path.name == "errors.py":
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, waiting = [], [DomainError]
    while waiting:
        waiting = [child for parent in waiting for child in parent.__subclasses__()]
        found += [one for one in waiting if one.__module__.partition(".")[0] in APPS]
    return found


def test_every_error_has_a_code_of_its_own_that_is_its_name() -> None:
    codes = [error.code for error in refusals()]
    assert len(codes) == len(set(codes)) > 30
    for error in refusals():
        assert error.code == re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__).lower()


def test_every_error_says_how_to_go_on() -> None:
    for error in refusals():
        assert error.retry in get_args(errors.Retry)
        assert 400 <= error.status < 600
        assert error.message
        assert error.__module__.endswith(".errors")


def test_the_bits_of_a_denial_have_these_names() -> None:
    assert [error.code for error in REFUSALS.values()] == [
        "not_friends",
        "blocked",
        "banned",
        "closed",
        "muted",
        "post_role",
        "slow_mode",
    ]


@pytest.mark.django_db
def test_the_models_of_the_log_are_its_tables() -> None:
    for model in apps.get_app_config("messaging").get_models():
        with connection.cursor() as cursor:
            cursor.execute(
                "select column_name, data_type, is_nullable = 'YES' from information_schema.columns"
                " where table_schema = current_schema() and table_name = %s",
                [model._meta.db_table],
            )
            columns = set(cursor.fetchall())
        fields = [field for field in model._meta.concrete_fields if field.column]
        assert {(field.column, field.db_type(connection), field.null) for field in fields} == columns, model
        keys = model._meta.pk_fields
        assert primary_key(model._meta.db_table) == {field.column for field in keys}, model


def primary_key(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
            " where a.attnum = any(i.indkey) and i.indrelid = %s::regclass and i.indisprimary",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_the_log_has_no_foreign_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'"
            " and (conrelid = 'entry'::regclass or confrelid = 'entry'::regclass)"
        )
        assert cursor.fetchall() == []

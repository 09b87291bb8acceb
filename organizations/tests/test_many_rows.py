"""Thousands of rows at once go in as they would one by one."""

import pytest
from django.db import IntegrityError, transaction

from conftest import make_coordinator, make_organization, make_region
from foundation.copying import insert_many
from foundation.folding import fold
from organizations.models import Event, ImportFile, ImportRow, Organization, SearchWord
from organizations.statuses import Outcome

pytestmark = pytest.mark.django_db
_STRANGE = 'Школа\t«\\N» \\ "№ 1"\nвторая строка'


def test_rows_know_their_keys_and_hold_what_they_were_given() -> None:
    region = make_region()
    rows = [Organization(region=region, full_name=f"{_STRANGE} {n}", registered_phone="+79130000001") for n in (1, 2)]
    Organization.objects.add_many(rows)
    stored = list(Organization.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    assert [row.full_name for row in stored] == [f"{_STRANGE} 1", f"{_STRANGE} 2"]
    assert stored[0].registered_phone == "+79130000001"
    assert stored[0].search_key == fold(stored[0].full_name)
    assert stored[0].closed_on is None
    assert SearchWord.objects.filter(region=region, word="вторая").exists()
    rows[0].save()
    assert Organization.objects.count() == 2  # it knows that it is stored


def test_moments_and_lists_come_back_as_they_were() -> None:
    organization = make_organization()
    event = Event.draft("organization.added", organization, organization, fields=["a\\b", 'c"d'])
    insert_many([event])
    stored = Event.objects.get(pk=event.pk)
    assert (stored.at, stored.fields, stored.by) == (event.at, ["a\\b", 'c"d'], None)


def test_a_second_organization_of_the_same_numbers_is_refused() -> None:
    known = make_organization(inn="7017003932", kpp="701701001")
    twin = Organization(region=known.region, full_name="Школа", inn=known.inn, kpp=known.kpp)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.add_many([twin])


def test_added_rows_keep_the_organization_and_forget_what_was_said(vera_file: ImportFile) -> None:
    organizations = [make_organization(), make_organization()]
    said = {"said": {"facts": {"head_name": "Иванова Анна"}}, "cells": ["Иванова Анна"], "changes": [["Вид", "", "б"]]}
    rows = [ImportRow(file=vera_file, number=n, outcome=Outcome.ASKED, name="Школа", **said) for n in (1, 2, 3)]
    insert_many(rows)
    for row, organization in zip(rows, organizations, strict=False):
        row.organization = organization
    ImportRow.objects.note_added(rows[:2])
    first, second, third = ImportRow.objects.order_by("number")
    assert [first.organization, second.organization] == organizations
    assert (first.outcome, first.is_written, first.said, first.cells) == (Outcome.ADDED, True, {}, [])
    assert first.changes == [["Вид", "", "б"]]
    assert (third.outcome, third.is_written, third.cells) == (Outcome.ASKED, False, ["Иванова Анна"])


@pytest.fixture
def vera_file() -> ImportFile:
    return ImportFile.objects.create(
        uploaded_by=make_coordinator(make_region()).user, name="реестр.xlsx", content=b"", layout={}
    )

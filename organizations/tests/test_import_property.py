"""Whatever a file holds: each row has one outcome, nothing is a crash, and a second time nothing is news."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.tables import Table
from organizations.columns import Field
from organizations.models import Event, Organization
from organizations.tests.registry import INN, KPP, OGRN, OTHER_INN, counts, run

COMMON = ["", "-", "\0", "да", "нет", "0", "=1+1", "Школа № 1", "7" * 400, "<b>", "\u202e", "ё" * 600]
CELLS = {
    Field.REGION: ["70", "Томская область", "54", "Алтай"],
    Field.MUNICIPALITY: ["Асиновский район", "Томск", "69701000"],
    Field.OKTMO: ["69608101001", "1"],
    Field.INN: [INN, INN, OTHER_INN, f"{INN}.0", "123"],
    Field.KPP: [KPP, KPP, "70400100", "701702001"],
    Field.OGRN: [OGRN, "1157700015847"],
    Field.EMAIL: ["a@edu.ru", "A@edu.ru b@edu.ru", "a@localhost"],
    Field.REGISTERED_ON: ["01.09.2021", "44440", "99999", "31.02.2021", "9999-99-99"],
    Field.ADMINISTRATOR: ["Демидова Марина", "Орлов Олег Петрович"],
    Field.ADMINISTRATOR_PHONE: ["+79000001427", "51-00-00"],
    Field.ADMINISTRATOR_EMAIL: ["m@edu.ru"],
    Field.REGISTERED_PHONE: ["89000001427"],
}
ROW = st.tuples(*(st.sampled_from(CELLS.get(field, []) * 3 + COMMON) | st.text(max_size=30) for field in Field))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_every_row_has_one_outcome_and_a_second_time_nothing_is_news(rows: list[tuple[str, ...]]) -> None:
    table = Table([[str(label) for label in Field.labels], ["x"] * len(Field), *map(list, rows)])
    with transaction.atomic():
        first = run(table, region="70")
        events, organizations = Event.objects.count(), Organization.objects.count()
        assert organizations == first.counts["added"]
        added, changed, same, refused = counts(run(table, region="70"))
        assert (added, changed) == (0, 0)
        assert same == first.counts["added"] + first.counts["same"]
        assert refused == first.counts["refused"]
        assert Event.objects.count() == events
        transaction.set_rollback(True)

"""Two classes 1 «А» in two buildings are told apart wherever people meet them."""

from django.test import Client

from conftest import make_class
from invitations.posters import link_data
from invitations.tests.builders import make_invitation
from organizations.models import Organization


def test_poster_and_page_of_a_link_name_the_building(school: Organization, client: Client) -> None:
    for site in ("Корпус на Лесной", "Корпус на Мира"):
        link = make_invitation(school, school_class=make_class(school, grade=1, section="А", site=site))

        assert f"1 «А», {site}" in str(link_data(link)["place"])
        assert f"1 «А», {site}" in client.get(link.address).content.decode()

"""The people of the example whom anybody may enter as, in the order of the buttons."""

from dataclasses import dataclass

from accounts.models import User
from organizations.models import Coordinator, Municipality, Region


@dataclass(frozen=True)
class Cast:
    vera: User
    nadia: User
    marina: User
    oleg: User
    igor: User


def enter_cast(region: Region, district: Municipality) -> Cast:
    """Vera coordinates the region and Nadia the district; Marina and Oleg are appointed by their stories."""
    cast = Cast(
        vera=_person("Кузнецова Вера Николаевна", "координатор региона", email="vera@edu.example"),
        nadia=_person("Лебедева Надежда Юрьевна", f"координатор: {district.name}", email="nadia@edu.example"),
        marina=_person("Демидова Марина Сергеевна", "администратор школы, в которую подают заявки", "+79000001427"),
        oleg=_person("Орлов Олег Петрович", "администратор школы, которую ещё регистрируют", "+79000001428"),
        igor=_person("Соколов Игорь Андреевич", "служба портала", email="igor@portal.example", is_staff=True),
    )
    for user, place in ((cast.vera, None), (cast.nadia, district)):
        Coordinator.objects.create(user=user, region=region, municipality=place, invited_by=cast.vera)
    return cast


def _person(
    name: str, role: str, phone: str | None = None, *, email: str | None = None, is_staff: bool = False
) -> User:
    return User.objects.create_user(
        email, phone, full_name=name, is_demo=True, demo_role=role, is_staff=is_staff, requires_second_factor=is_staff
    )

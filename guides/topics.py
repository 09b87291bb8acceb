"""The memos that come with the portal: who needs which."""

from typing import NamedTuple


class Topic(NamedTuple):
    title: str
    for_whom: str


TOPICS = {
    "five-steps": Topic("Пять шагов подключения", "всем"),
    "head": Topic("Памятка руководителю", "директору, заведующему"),
    "administrator": Topic("Памятка администратору", "ответственному за Сферум в организации"),
    "teacher": Topic("Памятка педагогу", "учителю, воспитателю, преподавателю"),
    "parent": Topic("Памятка родителю", "родителям и законным представителям"),
    "coordinator": Topic("Памятка координатору", "региональному и муниципальному координатору"),
    "portal-staff": Topic("Памятка службе портала", "сотрудникам службы портала"),
}

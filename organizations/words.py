"""The words of each kind of organization: a school has classes and pupils, a kindergarten groups and children."""

from dataclasses import dataclass

from organizations.statuses import Kind


@dataclass(frozen=True)
class ClassWords:
    """`klass_forms` and `pupil_forms` are for the `plural` filter; the rest are words in the nominative.

    `leader` answers for one class or group; `of_leader` and `of_leaders` are the genitive.
    """

    organization: str
    klass: str
    klasses: str
    klass_forms: str
    teacher: str
    teachers: str
    leader: str
    of_leader: str
    of_leaders: str
    pupil: str
    pupils: str
    pupil_forms: str
    head: str


_GROUPS = {"klass": "группа", "klasses": "группы", "klass_forms": "группа,группы,групп"}

WORDS = {
    Kind.SCHOOL: ClassWords(
        organization="школа",
        klass="класс",
        klasses="классы",
        klass_forms="класс,класса,классов",
        teacher="учитель",
        teachers="учителя",
        leader="классный руководитель",
        of_leader="классного руководителя",
        of_leaders="классных руководителей",
        pupil="ученик",
        pupils="ученики",
        pupil_forms="ученик,ученика,учеников",
        head="директор",
    ),
    Kind.KINDERGARTEN: ClassWords(
        organization="детский сад",
        **_GROUPS,
        teacher="воспитатель",
        teachers="воспитатели",
        leader="воспитатель",
        of_leader="воспитателя",
        of_leaders="воспитателей",
        pupil="воспитанник",
        pupils="воспитанники",
        pupil_forms="воспитанник,воспитанника,воспитанников",
        head="заведующий",
    ),
    Kind.COLLEGE: ClassWords(
        organization="колледж",
        **_GROUPS,
        teacher="преподаватель",
        teachers="преподаватели",
        leader="куратор",
        of_leader="куратора",
        of_leaders="кураторов",
        pupil="студент",
        pupils="студенты",
        pupil_forms="студент,студента,студентов",
        head="директор",
    ),
    Kind.ADDITIONAL: ClassWords(
        organization="организация",
        **_GROUPS,
        teacher="педагог",
        teachers="педагоги",
        leader="педагог",
        of_leader="педагога",
        of_leaders="педагогов",
        pupil="учащийся",
        pupils="учащиеся",
        pupil_forms="учащийся,учащихся,учащихся",
        head="директор",
    ),
}
WORDS[Kind.OTHER] = WORDS[Kind.ADDITIONAL]

"""The floors of the house: an app leans only on floors below it, in imports, templates, models and reverse lookups.

The walls are found by reading files, so a planted tree shows that each arrow would be found.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

FLOORS = {
    "foundation": 0,
    "correspondence": 1,
    "accounts": 2,
    "organizations": 3,
    "registrations": 4,
    "invitations": 4,
    "messenger": 4,
    "guides": 4,
    "coordination": 5,
    "sferum_onboarding": 7,
}
# Whose page a folder of templates is where it is not an app's own: allauth's pages are accounts', the frame is the
# floor on which it stands (base.html speaks with the desk by its context, public.html with nobody).
SHARED_TEMPLATES = {
    "base.html": "foundation",
    "public.html": "foundation",
    "allauth": "accounts",
    "account": "accounts",
    "mfa": "accounts",
    "usersessions": "accounts",
}
_INCLUDE = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
_GET_MODEL = re.compile(r"""get_model\(\s*["'](\w+)""")


def arrow(above: str, below: str) -> bool:
    """Whether `above` may lean on `below`."""
    return above == below or FLOORS[below] < FLOORS[above]


def modules(root: Path) -> Iterator[tuple[str, Path, ast.Module]]:
    for app in FLOORS:
        for path in sorted((root / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(root).parts):
                yield app, path.relative_to(root), ast.parse(path.read_text())


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [node.module.partition(".")[0]] if isinstance(node, ast.ImportFrom) and node.module else []


def wrong_imports(root: Path) -> list[str]:
    found = []
    for app, path, tree in modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                found.append(f"{path}:{node.lineno} relative import")
            others = [name for name in imported(node) if name in FLOORS and name != app]
            found += [f"{path}:{node.lineno} imports {name}" for name in others if not arrow(app, name)]
        for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                others = [name for name in imported(node) if name in FLOORS and name != app]
                found += [f"{path}:{node.lineno} imports {name} inside {function.name}" for name in others]
    return found


def wrong_templates(root: Path) -> list[str]:
    """`{% url %}` may name any page; to draw a piece of an upper floor is the forbidden arrow in disguise."""
    found = []
    for path in sorted((root / "templates").rglob("*.*")):
        name = path.relative_to(root / "templates")
        app = SHARED_TEMPLATES.get(name.parts[0], name.parts[0])
        for target in _INCLUDE.findall(path.read_text()) if app in FLOORS else ():
            owner = SHARED_TEMPLATES.get(target.partition("/")[0], target.partition("/")[0])
            if owner in FLOORS and not arrow(app, owner):
                found.append(f"{name} draws {target}")
    return found


def wrong_models(root: Path) -> list[str]:
    """`get_model("registrations", …)` and lazy names of models in relations."""
    found = []
    for app, path, _ in modules(root):
        text = (root / path).read_text()
        labels = _GET_MODEL.findall(text) + re.findall(r"""["'](\w+)\.[A-Z]\w+["']""", text)
        found += [f"{path} reaches for {label}" for label in labels if label in FLOORS and not arrow(app, label)]
    return found


def reverse_names() -> dict[str, tuple[str, str]]:
    """Names under which rows of an upper floor hang on a model of a lower one → (its floor, theirs).

    A name that also exists on a lower floor (a field, another relation) tells nothing and is left out.
    """
    mine = {field.name for model in apps.get_models() for field in model._meta.get_fields() if not field.auto_created}
    names: dict[str, tuple[str, str]] = {}
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            below, above = model._meta.app_label, relation.related_model._meta.app_label
            name = relation.get_accessor_name()
            if {below, above} <= FLOORS.keys() and FLOORS[above] > FLOORS[below] and name and name not in mine:
                names[name] = (below, above)
    return names


def wrong_lookups(root: Path, names: dict[str, tuple[str, str]]) -> list[str]:
    """`organization.join_requests` and `filter(join_requests__…)` in an app that stands below invitations."""
    found = []
    for app, path, tree in modules(root):
        upper = {name for name, (_, above) in names.items() if not arrow(app, above)}
        for node in ast.walk(tree):
            asked = node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.keyword) else ""
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            words = {(asked or "").partition("__")[0], *(text.split("__") if "__" in text else ())}
            found += [f"{path}:{node.lineno} asks for {name}" for name in sorted(words & upper)]
    for path in sorted((root / "templates").rglob("*.html")):
        app = SHARED_TEMPLATES.get(path.relative_to(root / "templates").parts[0], path.parent.name)
        upper = {name for name, (_, above) in names.items() if app in FLOORS and not arrow(app, above)}
        for tag in re.findall(r"{[{%].*?[%}]}", path.read_text()):
            words = set(re.findall(r"\.(\w+)", re.sub(r"""["'].*?["']""", "", tag)))
            found += [f"{path.name} asks for {name}" for name in sorted(words & upper)]
    return found


def test_apps_import_only_from_floors_below() -> None:
    assert wrong_imports(settings.BASE_DIR) == []


def test_templates_draw_only_pieces_of_their_own_and_lower_floors() -> None:
    assert wrong_templates(settings.BASE_DIR) == []


def test_no_model_is_reached_by_name_upwards() -> None:
    assert wrong_models(settings.BASE_DIR) == []


def test_no_reverse_lookup_reaches_upwards() -> None:
    names = reverse_names()

    assert {"invitations", "chats"} <= names.keys()
    assert wrong_lookups(settings.BASE_DIR, names) == []


def test_every_app_of_ours_has_a_floor() -> None:
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}

    assert ours == FLOORS.keys()


PLANTED = {
    "organizations/models.py": "from registrations.models import Case\n",
    "invitations/views.py": "from messenger.models import Chat\n",
    "messenger/views.py": "from .models import Chat\n",
    "registrations/views.py": "def page():\n    from organizations.models import Organization\n",
    "accounts/models.py": 'user = get_model("organizations", "Appointment")\n',
    "guides/models.py": 'topic = ForeignKey("coordination.Desk")\n',
    "organizations/views.py": "def page(row):\n    return row.chats.filter(invitations__used=1)\n",
    "templates/organizations/page.html": '{% include "registrations/_status.html" %}{{ organization.chats.count }}',
}


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    for name, text in PLANTED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_red_control_every_forbidden_arrow_of_a_planted_tree_is_found(planted: Path) -> None:
    assert wrong_imports(planted) == [
        "organizations/models.py:1 imports registrations",
        "registrations/views.py:2 imports organizations inside page",
        "invitations/views.py:1 imports messenger",
        "messenger/views.py:1 relative import",
    ]
    assert wrong_templates(planted) == ["organizations/page.html draws registrations/_status.html"]
    assert wrong_models(planted) == [
        "accounts/models.py reaches for organizations",
        "guides/models.py reaches for coordination",
    ]
    assert wrong_lookups(planted, reverse_names()) == [
        "organizations/views.py:2 asks for invitations",
        "organizations/views.py:2 asks for chats",
        "page.html asks for chats",
    ]

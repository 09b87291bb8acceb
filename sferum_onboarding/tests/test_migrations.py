"""A new portal is made by the squashed migrations, an older one led by those they replace: both arrive at one place."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState


def differences(one: ProjectState, other: ProjectState) -> list[str]:
    """What `makemigrations` would write to come from one to the other."""
    changes = MigrationAutodetector(one, other)._detect_changes()
    return [
        operation.describe() for migrations in changes.values() for each in migrations for operation in each.operations
    ]


def states() -> tuple[ProjectState, ProjectState]:
    """Where a new portal arrives, and where an older one."""
    loader = MigrationLoader(None, replace_migrations=False)
    old = [leaf for leaf in loader.graph.leaf_nodes() if leaf not in loader.replacements]
    return MigrationLoader(None).project_state(), loader.project_state(old)


def test_both_roads_arrive_at_the_same_tables() -> None:
    new, old = states()

    assert differences(new, old) == []


def test_what_is_not_repeated_on_an_empty_database_says_so() -> None:
    """Rows are changed by migrations that a new portal, without rows, does not need."""
    loader = MigrationLoader(None)
    replaced = {key for each in loader.replacements.values() for key in each.replaces}
    changes = [one for key in replaced for one in loader.disk_migrations[key].operations if isinstance(one, RunPython)]

    assert changes
    assert all(one.elidable for one in changes)


def test_red_control_a_constraint_that_one_road_forgets_is_seen() -> None:
    new, old = states()
    options = new.models["organizations", "searchword"].options
    options["constraints"] = options["constraints"][:1]

    assert differences(new, old) == ["Create constraint search_word_once_in_region on model searchword"]

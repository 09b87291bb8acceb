"""Files that wait to be fetched are kept packed from now on, those that waited before too."""

import zlib
from collections.abc import Callable
from typing import Any

from django.db import migrations


def each_file(change: Callable[[bytes], bytes]) -> Callable[[Any, Any], None]:
    def rewrite(apps: Any, editor: Any) -> None:
        exports = apps.get_model("coordination", "Export").objects.filter(status="ready")
        for pk in list(exports.values_list("pk", flat=True)):  # one file in memory at a time
            content = exports.values_list("content", flat=True).get(pk=pk)
            exports.filter(pk=pk).update(content=change(bytes(content)))

    return rewrite


class Migration(migrations.Migration):
    dependencies = [("coordination", "0013_exports_of_calls")]

    operations = [migrations.RunPython(each_file(zlib.compress), each_file(zlib.decompress), elidable=True)]

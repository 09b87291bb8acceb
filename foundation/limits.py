"""How often somebody may do something: exact counts in fixed windows, in the database that all processes share.

One statement counts all limits of a request. Call it outside a transaction: a rolled back request must stay counted,
and the rows must not stay locked.
"""

import hashlib
import ipaddress
import time
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from foundation.models import RateCount


@dataclass(frozen=True)
class Limit:
    """At most `most` times in `seconds` for one key, like `Limit(f"join:{address}", 20, 3600)`."""

    key: str
    most: int
    seconds: int

    def row(self, now: float) -> tuple[str, int]:
        """(hash, end of the window): the length of the window is hashed too, so an hour and a day may share a key."""
        window_ends = (int(now) // self.seconds + 1) * self.seconds
        return hashlib.sha256(f"{self.seconds}:{self.key}".encode(errors="replace")).hexdigest(), window_ends


def hit(*limits: Limit) -> bool:
    """Count one use against every limit; True if none is exceeded. A refused use is counted, too.

    A limit of something shared (a link) does not belong here: see `hit_shared`.
    """
    now = time.time()
    most = {limit.row(now): limit.most for limit in limits}
    rows = sorted(most)  # always in one order: two requests that share keys must not wait for each other
    return all(count <= most[key, window_ends] for key, window_ends, count in _count(rows))


def hit_shared(own: Limit, shared: Limit) -> bool:
    """Count one use by a visitor, and of what is shared (a link) only while the visitor's own limit lasts.

    So a single visitor cannot use a link up for everybody. One statement: a thousand parents come within an hour.
    """
    now = time.time()
    first, second = own.row(now), shared.row(now)
    table = connection.ops.quote_name(RateCount._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, window_ends, count) "  # noqa: S608 - only our own table's name
            f"SELECT * FROM (SELECT %s AS key, %s AS window_ends, 1 AS count UNION ALL SELECT %s, %s, 1 WHERE NOT "
            f"EXISTS (SELECT 1 FROM {table} WHERE key = %s AND window_ends = %s AND count >= %s)) AS asked WHERE true "
            f"ON CONFLICT (key, window_ends) DO UPDATE SET count = {table}.count + 1 RETURNING key, count",
            [*first, *second, *first, own.most],
        )
        counts = dict(cast(list[tuple[str, int]], cursor.fetchall()))
    return counts[first[0]] <= own.most and counts.get(second[0], shared.most + 1) <= shared.most


def purge_counts() -> int:
    """Forget windows that are over; returns how many."""
    return RateCount.objects.filter(window_ends__lte=int(time.time())).delete()[0]


def client_address(request: HttpRequest) -> str:
    """The visitor's address as our own proxies saw it; of IPv6 only the network, for each home has 2 ** 64 addresses.

    With N trusted proxies the N-th entry from the right of X-Forwarded-For is the one that a visitor cannot invent.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    seen = hops[-proxies] if 0 < proxies <= len(hops) else ""
    return _home(seen) or _home(request.META.get("REMOTE_ADDR", ""))


def _home(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        # A socket for both kinds shows an IPv4 visitor as ::ffff:203.0.113.1, and all of them share one /64.
        return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)


def _count(rows: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    if not rows:
        return []
    table = connection.ops.quote_name(RateCount._meta.db_table)
    places = ", ".join(["(%s, %s, 1)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, window_ends, count) VALUES {places} "  # noqa: S608 - only our own table's name
            f"ON CONFLICT (key, window_ends) DO UPDATE SET count = {table}.count + 1 RETURNING key, window_ends, count",
            [value for row in rows for value in row],
        )
        return cast(list[tuple[str, int, int]], cursor.fetchall())

import threading

import pytest
from django.db import connection
from django.test import RequestFactory

from foundation.limits import Limit, client_address, hit, hit_shared, purge_counts
from foundation.models import RateCount


@pytest.mark.django_db
def test_the_limit_is_reached_exactly():
    assert [hit(Limit("visitor", 3, 3600)) for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.django_db
def test_all_limits_of_a_request_cost_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert hit(Limit("a", 9, 60), Limit("a", 9, 86400), Limit("b", 9, 60))
    assert RateCount.objects.count() == 3
    assert hit()


@pytest.mark.django_db
def test_one_exceeded_limit_refuses():
    assert hit(Limit("a", 1, 60), Limit("b", 9, 60))
    assert not hit(Limit("a", 1, 60), Limit("b", 9, 60))


@pytest.mark.django_db
@pytest.mark.django_db
def test_a_visitor_over_the_own_limit_does_not_use_up_what_is_shared(django_assert_num_queries):
    own, shared = Limit("join:visitor", 2, 3600), Limit("join-link:1", 4, 3600)
    assert [hit_shared(own, shared) for _ in range(5)] == [True, True, False, False, False]
    with django_assert_num_queries(1):
        assert hit_shared(Limit("join:another", 9, 3600), shared)
    assert [hit_shared(Limit("join:another", 9, 3600), shared) for _ in range(3)] == [True, False, False]


@pytest.mark.django_db
def test_red_control_counted_together_one_visitor_closes_the_link_for_all():
    own, shared = Limit("join:visitor", 2, 3600), Limit("join-link:1", 4, 3600)
    assert [hit(own, shared) for _ in range(4)] == [True, True, False, False]
    assert not hit(Limit("join:another", 9, 3600), shared), "the fifth by the link, of whom two were let in"


def test_a_new_window_begins_at_zero():
    limit = Limit("visitor", 1, 60)
    assert limit.row(59.9) != limit.row(60)
    assert limit.row(60) == limit.row(119)


@pytest.mark.django_db
def test_no_address_is_kept_and_old_windows_are_forgotten():
    hit(Limit("join:203.0.113.7", 9, 3600))
    row = RateCount.objects.get()
    assert "203" not in row.key
    assert purge_counts() == 0
    RateCount.objects.update(window_ends=1)
    assert purge_counts() == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "203.0.113.1"),  # nobody in front: the header is the visitor's own invention
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (2, "198.51.100.9", "203.0.113.1"),
        (1, "<script>", "203.0.113.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.9", "198.51.100.9"),
        (1, "fe80::1%eth0", "fe80::/64"),
    ],
)
def test_the_address_that_a_visitor_cannot_invent(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.1", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address


def test_no_address_at_all_is_no_error():
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) == ""


def naive_hit(limit, everybody_looked):
    """What the red control shows to be wrong: look first, write later."""
    row = RateCount.objects.get(key=limit.row(0)[0])
    everybody_looked.wait()
    RateCount.objects.filter(pk=row.pk).update(count=row.count + 1)
    return row.count < limit.most


def allowed_of(number, verb):
    """How many of `number` uses at one instant are let through."""
    start, allowed = threading.Barrier(number), []

    def visit():
        try:
            start.wait()
            if verb():
                allowed.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=visit) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(allowed)


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_when_all_come_at_once():
    limits = [Limit("link", 10, 86400), Limit("visitor", 1000, 3600)]
    # Half of them name the limits in the other order: rows are locked in one order all the same.
    order = iter([limits, limits[::-1]] * 20)
    assert allowed_of(40, lambda: hit(*next(order))) == 10


@pytest.mark.django_db(transaction=True)
def test_without_the_single_statement_too_many_get_through():
    limit, everybody_looked = Limit("link", 10, 86400), threading.Barrier(40)
    RateCount.objects.create(key=limit.row(0)[0], window_ends=0, count=0)
    assert allowed_of(40, lambda: naive_hit(limit, everybody_looked)) == 40

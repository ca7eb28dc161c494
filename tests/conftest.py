"""One demo city per test database: a story that every test may change and nobody sees changed."""

from __future__ import annotations

from datetime import date

import pytest
from chance import CITY, dealt
from django.test import Client
from hypothesis import settings as hypothesis_settings
from signing import signed_in

hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, max_examples=60)
hypothesis_settings.load_profile("ci")

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Build the demo city once, on 20 November 2026; ``CITY`` names another one."""
    from openlot.kernel import clock
    from openlot.ops.demo import city, main_job, registers

    def quiet(_what: str, _done: int, _total: int) -> None:
        return None

    with django_db_blocker.unblock(), clock.travel(city.at(TODAY, 9)), dealt(CITY):
        with clock.travel(city.at(date(2026, 1, 8))):
            city.build_regions()
            city.build_departments()
            city.build_users("test")
            city.build_policies(TODAY)
            registers.build_targets(6_000, "test", quiet)
            registers.build_inspectors("test", TODAY, quiet)
            city.build_items(quiet)
        main_job.run(TODAY, "test", quiet)


@pytest.fixture
def today():
    """Let the test happen on the city's day."""
    from openlot.kernel import clock
    from openlot.ops.demo import city

    with clock.travel(city.at(TODAY, 10)):
        yield TODAY


@pytest.fixture
def sign_in(db, today):
    """Return a client signed in as somebody of the city."""
    from openlot.accounts.models import User

    def enter(username: str) -> Client:
        return signed_in(User.objects.get(username=username))

    return enter

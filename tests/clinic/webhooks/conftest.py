"""Fixtures of the webhooks' tests: a clinic, its services for programs, and a program that listens."""

import pytest

from tests.clinic.media import web_server
from tests.clinic.webhooks import programs as those


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def programs(clinic):
    return those.of(clinic)


@pytest.fixture
def server():
    with web_server.running() as found:
        yield found

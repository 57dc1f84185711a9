"""Fixtures of the outbox's tests: a medium that keeps what it is given, and a worker that uses it."""

import pytest

from tests.clinic.outbox.posts import Post, worker


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def sending(clinic, post):
    return worker(clinic, post)

"""Every database of this room is a copy of the small world: to make it anew takes longer than most of its tests."""

import pytest

from tests.databases import NewDatabase


@pytest.fixture
def new_database(new_world: NewDatabase) -> NewDatabase:
    return new_world

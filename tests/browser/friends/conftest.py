from collections.abc import Iterator

import pytest
import pytest_asyncio

from tests.browser.conftest import Enter, serving
from tests.browser.friends.acts import Both, befriend
from tests.processes import Gateway


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Gateway]:
    """A server where only friends write to each other; where a test asks for it, one where everybody does."""
    with serving(FRIENDS_ONLY=getattr(request, "param", "yes"), LIMIT_PRESENCE_GRACE_S="1") as gateway:
        yield gateway


@pytest_asyncio.fixture(loop_scope="session")
async def both(enter: Enter) -> Both:
    """Ann and Bob, who do not know each other."""
    return await enter("Ann"), await enter("Bob")


@pytest_asyncio.fixture(loop_scope="session")
async def friends(both: Both) -> Both:
    """Ann and Bob, friends, who have talked."""
    ann, bob = both
    await befriend(ann, bob)
    await ann.find(bob)
    await ann.write("Hello Bob")
    await bob.open("Ann")
    await bob.sees("Hello Bob")
    return both

"""The assistants that a service keeps."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.domain.connection import RemoteAssistant
from desktop_app.domain.entity import Assistant
from desktop_app.domain.error import ErrorCode
from desktop_app.services.remote_assistant import AssistantListing
from tests.harness.wait import until
from tests.unit.services.abroad import Abroad, abroad
from tests.unit.services.bench import Bench


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[Abroad]:
    async with abroad(bench) as service:
        yield service


@pytest.fixture
def listings(bench: Bench) -> list[AssistantListing]:
    found: list[AssistantListing] = []
    bench.services.remote_assistants.listed.connect(found.append)
    return found


async def listed(bench: Bench, listings: list[AssistantListing], connection_id: str) -> AssistantListing:
    listings.clear()
    bench.services.remote_assistants.list(connection_id)
    await until(lambda: listings)
    return listings[-1]


async def adopted(
    bench: Bench, listings: list[AssistantListing], service: Abroad, remote: RemoteAssistant
) -> Assistant:
    listings.clear()
    bench.services.remote_assistants.adopt(service.connection_id, remote)
    await until(lambda: listings)
    local = bench.services.assistants.get(listings[-1].local_ids.get(remote.id, ""))
    assert local is not None
    return local


async def test_every_assistant_is_listed_newest_first(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    names = [f"Chemist {number}" for number in range(25)]  # more than a page
    for name in names:
        await service.assistant(name)
    listing = await listed(bench, listings, service.connection_id)
    assert [remote.name for remote in listing.assistants] == names[::-1]
    assert (listing.connection_id, listing.error, dict(listing.local_ids)) == (service.connection_id, None, {})


async def test_an_adopted_one_works_here_as_it_did_there(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    remote_id = await service.assistant(description="Mixes", instructions="Be careful.", tools=[])
    (remote,) = (await listed(bench, listings, service.connection_id)).assistants
    local = await adopted(bench, listings, service, remote)
    assert (local.name, local.description, local.instructions) == ("Chemist", "Mixes", "Be careful.")
    assert (local.model, local.code_interpreter) == ("scripted", False)
    bench.services.connections.use(service.connection_id)
    thread = bench.services.threads.create(local.id)
    run = await bench.answer(thread.id, "Hello")
    assert run.assistant_name == "Chemist"
    listing = await listed(bench, listings, service.connection_id)
    assert [found.id for found in listing.assistants] == [remote_id]


async def test_adopting_again_updates_the_same_one(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    remote_id = await service.assistant()
    (remote,) = (await listed(bench, listings, service.connection_id)).assistants
    local = await adopted(bench, listings, service, remote)
    await service.post(f"/assistants/{remote_id}", {"name": "Physicist"})
    await bench.restart()
    bench.services.remote_assistants.listed.connect(listings.append)
    (remote,) = (await listed(bench, listings, service.connection_id)).assistants
    again = await adopted(bench, listings, service, remote)
    assert (again.id, again.name) == (local.id, "Physicist")
    assert len(bench.services.assistants.items) == 2


async def test_a_double_click_makes_one_assistant(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    await service.assistant()
    (remote,) = (await listed(bench, listings, service.connection_id)).assistants
    for _ in range(2):
        bench.services.remote_assistants.adopt(service.connection_id, remote)
    await until(lambda: len(listings) == 3)
    assert [item.name for item in bench.services.assistants.items] == ["Data analyst", "Chemist"]


async def test_one_that_the_app_made_is_known_by_the_id_that_it_carries(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    own = bench.services.assistants.default
    await service.assistant("Renamed there", metadata={"client_id": own.id})
    listing = await listed(bench, listings, service.connection_id)
    (remote,) = listing.assistants
    assert dict(listing.local_ids) == {remote.id: own.id}
    local = await adopted(bench, listings, service, remote)
    assert (local.id, local.name) == (own.id, "Renamed there")


async def test_a_deleted_one_goes_there_and_stays_here(
    bench: Bench, service: Abroad, listings: list[AssistantListing]
) -> None:
    await service.assistant("Stays")
    await service.assistant()
    goes, stays = (await listed(bench, listings, service.connection_id)).assistants
    local = await adopted(bench, listings, service, goes)
    for _ in range(2):  # one that is gone already is no error
        listings.clear()
        bench.services.remote_assistants.delete(service.connection_id, goes.id)
        await until(lambda: listings)
        assert (listings[-1].assistants, listings[-1].error) == ((stays,), None)
    assert (await listed(bench, listings, service.connection_id)).assistants == (stays,)
    assert bench.services.assistants.get(local.id) == local
    assert await bench.archive.remote_assistant_id(service.connection_id, local.id) == ""


async def test_what_goes_wrong_is_said_beside_what_was_listed_last(
    bench: Bench, listings: list[AssistantListing]
) -> None:
    backend = await bench.engine.backend()
    await backend.put_assistant(Assistant("a", "Chemist"), "built-in-analyst")
    (remote,) = (await listed(bench, listings, "engine")).assistants
    bench.engine.is_broken = True
    listing = await listed(bench, listings, "engine")
    assert listing.assistants == (remote,)
    assert listing.error is not None
    assert listing.error.code is ErrorCode.ENGINE_UNAVAILABLE
    bench.services.remote_assistants.delete("engine", remote.id)
    await until(lambda: len(listings) == 2)
    assert listings[-1] == listing
    assert bench.codes() == []

from asgiref.sync import sync_to_async

from tests import make


async def test_two_people_talk_over_two_gateways(phones):
    ann, bob = await sync_to_async(lambda: (make.person("ann"), make.person("bob")))()
    a, b = await phones(ann, bob)
    sent = await a.say("hello", to_user=str(bob.id))
    await b.quiet()
    assert b.texts(sent["conversation"]) == ["hello"]
    assert await b.fetch()

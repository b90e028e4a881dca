"""What happens to devices: they lose the network, come back by either gateway, are new, acknowledge or do not."""

from tests.walk.turn import Turn, step


@step(weight=6)
async def drop(turn: Turn) -> None:
    await turn.device.drop()


@step(weight=7)
async def resume(turn: Turn) -> None:
    if not turn.device.connected:
        await turn.device.come(turn.pick([0, 1]))


@step(weight=2)
async def buy(turn: Turn) -> None:
    """A new device in the place of one."""
    await turn.world.replace(turn.device, turn.pick([0, 1]))


@step(weight=2)
async def cut(turn: Turn) -> None:
    if turn.device.connected:
        await turn.device.cut(turn.draft(turn.place))


@step(weight=2)
async def sleep(turn: Turn) -> None:
    turn.device.awake = False


@step(weight=2)
async def ack(turn: Turn) -> None:
    turn.device.awake = True
    await turn.device.acknowledge()


@step(weight=1)
async def sync(turn: Turn) -> None:
    await turn.device.sync()


@step(weight=1)
async def typing(turn: Turn) -> None:
    await turn.device.tell("typing", {"conversation": turn.place})

"""The bus: a channels_redis pub/sub layer that also has what chat needs.

The standard calls (`send`, `group_send`, ...) work for extensions; a gateway uses `line()`.
"""

from collections.abc import Callable

from channels_redis.pubsub import RedisPubSubChannelLayer

from imserver.realtime.bulletin import Item
from imserver.realtime.line import Line


class Bus(RedisPubSubChannelLayer):
    def line(self, on_item: Callable[[Item], None], on_restored: Callable[[float], None]) -> Line:
        return Line(on_item, on_restored)

"""The event log in Kafka: publishing."""

from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Producer
from django.conf import settings

from imserver.events import parking
from imserver.events.event import Events, Unavailable, encode
from imserver.events.kafka import cluster

ACK_SECONDS: Final = 5.0
PROBE_SECONDS: Final = 0.3
READY_SECONDS: Final = 1.0
_TOO_LARGE: Final = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG_SIZE)


class KafkaLog:
    """One per process, used by the thread that relays. Its client is made there: librdkafka does not survive a fork."""

    def __init__(self) -> None:
        self._was_away = False
        self._client: Producer | None = None

    def _connected(self) -> Producer:
        """Raises Unavailable."""
        self._client = self._client or cluster.connect(
            Producer,
            enable_idempotence=True,
            acks="all",
            compression_type=settings.KAFKA_OPTIONS.get("compression.type", "lz4"),
            linger_ms=5,
            queue_buffering_max_messages=1_000_000,  # a batch is far below
            delivery_timeout_ms=int(ACK_SECONDS * 1000),
            allow_auto_create_topics=False,
        )
        return self._client

    def wants(self) -> bool:
        return True

    def publish(self, events: Events) -> None:
        """Returns once every replica that must has each of them; one that Kafka will never take is parked.

        A batch that is too large for the topic may hold events that are not: then they go one by one, all of them
        again, since order counts and repeating is allowed.
        """
        if self._was_away and (sentence := cluster.trouble(self._connected(), PROBE_SECONDS)):
            raise Unavailable(sentence)
        if self._send(events) is not None:
            for event in events:
                if error := self._send([event]):
                    parking.park("", event, KafkaException(error))
        self._was_away = False

    def _send(self, events: Events) -> KafkaError | None:
        """Returns the error if it was their size. Raises Unavailable for any other."""
        errors: list[KafkaError] = []
        client = self._connected()
        try:
            self._produce(client, events, errors)
        except KafkaException as e:
            errors.append(cluster.reason(e))
        left = client.flush(ACK_SECONDS + 1)
        others = [error for error in errors if error.code() not in _TOO_LARGE]
        if left or others:
            self._forget()
            raise Unavailable(f"Kafka: {others[0].str() if others else 'no acknowledgement'}")
        return errors[0] if errors else None

    def _produce(self, client: Producer, events: Events, errors: list[KafkaError]) -> None:
        def told(error: KafkaError | None, _message: Any) -> None:
            if error is not None:
                errors.append(error)

        for event in events:
            key, value = str(event.conversation).encode(), encode(event)
            client.produce(settings.KAFKA_TOPIC, key=key, value=value, on_delivery=told)
            client.poll(0)

    def _forget(self) -> None:
        """Nothing of a batch that will be repeated may still come through on its own, later.

        An idempotent client that was purged has holes in its numbers: another one goes on.
        """
        self._was_away = True
        client, self._client = self._client, None
        if client:
            client.purge()
            client.flush(0)

    def trouble(self) -> str:
        try:
            return cluster.trouble(self._connected(), READY_SECONDS)
        except Unavailable as e:
            return str(e)

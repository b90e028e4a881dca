from rest_framework import serializers

from accounts.models import Device, User


class MeSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "username", "email", "display_name", "bio", "language", "time_zone", "phone", "avatar_url")


class PrivacySerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = (
            "friend_requests",
            "found_by_name",
            "found_by_email",
            "found_by_phone",
            "presence",
            "read_receipts",
            "added_to_groups",
            "named_in_forwards",
        )


class ServerUserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "external_id", "is_active", *MeSerializer.Meta.fields[1:])


class DeviceSerializer(serializers.ModelSerializer[Device]):
    current = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    class Meta:
        model = Device
        fields = ("id", "name", "platform", "app_version", "address", "created_at", "last_seen_at", "current")

    def get_current(self, device: Device) -> bool:
        return bool(device.pk == self.context["current"])


class DevicesSerializer(serializers.Serializer[dict[str, object]]):
    items = DeviceSerializer(many=True)

"""What an administrator has decided for the whole service, and the recordings it has added."""

from uuid import uuid4

from django.db import models


class UnreviewedAccepted(models.Model):
    """That participants may see texts no clinician here has reviewed yet: on purpose, by somebody, from a day on."""

    by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class Recording(models.Model):
    """A practice spoken by somebody of the service: a checked audio file in the service's own folder."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practice = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=12)
    voice = models.CharField(max_length=80)  # who speaks, as participants read it
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    seconds = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # also the file's name
    added_by = models.ForeignKey("records.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

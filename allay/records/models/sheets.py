"""Sheets: my plan, my pain cycle, my flare plan and the like, kept in versions and shared item by item."""

from django.db import models
from django.db.models import Q

from allay.records.models.diary import Entry


class SheetVersion(Entry):
    """One sheet as it stood when the person kept it. Versions are added, never changed.

    `follows` names the versions it was made from: none for the first, two where the person chose between versions
    that two phones made apart. A version that no other follows is a head; two heads wait for a choice.
    """

    enrolment = models.ForeignKey(
        "records.Enrolment", on_delete=models.CASCADE, related_name="sheet_versions"
    )
    sheet = models.CharField(max_length=60)  # id of the content's sheet
    content = models.JSONField()  # item id -> {"taps": [choice ids], "words": text, "drawing": [strokes]}
    follows = models.JSONField(default=list)  # ids of versions, as texts

    class Meta:
        indexes = [models.Index(fields=["enrolment", "sheet", "received_at"], name="sheet_newest")]


class SheetShare(models.Model):
    """One item of a sheet that the person lets their facilitators read, until they take it back."""

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="sheet_shares")
    sheet = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    shared_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "sheet", "item"],
                condition=Q(revoked_at=None),
                name="item_shared_once",
            )
        ]

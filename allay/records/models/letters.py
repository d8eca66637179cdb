"""Letters that only their writer can read: the server keeps what the phone has sealed, and never the key."""

from django.db import models


class SealedLetter(models.Model):
    """One letter as ciphertext (AES-GCM). The id is made on the phone."""

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="letters")
    key_id = models.CharField(
        max_length=64
    )  # which key opens it: a digest that gives nothing of the key away
    nonce = models.BinaryField(max_length=12)
    sealed = models.BinaryField()
    received_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        ordering = ["received_at", "pk"]

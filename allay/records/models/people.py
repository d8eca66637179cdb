"""People, what they may do here, and the codes that let a phone in."""

from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=username)


class Person(AbstractBaseUser):
    """Somebody who can sign in: a participant by a code, staff by e-mail and password."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)  # what they like to be called
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    theme = models.CharField(max_length=8, default="system")
    text_size = models.CharField(max_length=8, default="normal")
    contrast = models.CharField(max_length=8, default="system")  # or "more"
    motion = models.CharField(max_length=8, default="system")  # or "still"
    hand = models.CharField(max_length=8, default="either")  # "left" or "right": where the main buttons stand
    audio_first = models.BooleanField(default=False)  # practices begin with the voice
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = People()
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A task that somebody on the staff holds: administrator, facilitator of a group, researcher of a study."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator"
        FACILITATOR = "facilitator"
        RESEARCHER = "researcher"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    group = models.ForeignKey(
        "records.Group", on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )
    study = models.ForeignKey(
        "records.Study", on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_has_its_place",
                condition=Q(kind="administrator", group=None, study=None)
                | Q(kind="facilitator", study=None)  # without a group: may be given one
                | Q(kind="researcher", group=None),
            ),
        ]


class JoiningCode(models.Model):
    """A code that signs a phone in, once. Only a keyed digest is kept."""

    class Purpose(models.TextChoices):
        INVITE = "invite"  # the first time, made by staff
        REISSUE = "reissue"  # a new phone, made by staff
        WAY_BACK = "way-back"  # a new phone, made by the person, kept by them

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enrolment = models.ForeignKey("records.Enrolment", on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Try(models.Model):
    """One failed sign-in or joining attempt, under a keyed digest of what was tried and from where."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

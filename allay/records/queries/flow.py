"""How many people each step of a study holds, by arm: what a flow of participants (CONSORT) is drawn from.

Records know when somebody left, never why: nobody is asked. Side effects and adverse events have no record of their
own yet; a study that collects them adds them to its table by hand.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from allay.records.models import Consent, Study
from allay.records.queries.analysis import consenting

COLUMNS = ("arm", "enrolled", "joined", "agreed", "taken_back", "left", "in_table")


@dataclass(frozen=True)
class ArmFlow:
    arm: str  # its name
    key: str
    enrolled: int
    joined: int  # came in with their code
    agreed: int  # to the evaluation, at any time
    taken_back: int  # that agreement, since
    left: int  # the programme, since; their agreement to the evaluation ends with it
    in_table: int  # agree now

    @property
    def row(self) -> tuple[str | int, ...]:
        return self.key, *(getattr(self, column) for column in COLUMNS[1:])


def by_arm(study: Study) -> list[ArmFlow]:
    """One line an arm, in the arms' order."""
    yes = Consent.objects.filter(enrolment=OuterRef("pk"), purpose=Consent.Purpose.EVALUATION, given=True)
    now = [enrolment.arm_id for enrolment in consenting(study)]
    lines = []
    for arm in study.arms.all():
        people = arm.enrolments.filter(study=study)
        agreed = people.filter(Exists(yes)).count()
        lines.append(
            ArmFlow(
                arm=arm.name,
                key=arm.key,
                enrolled=people.count(),
                joined=people.filter(~Q(joined_at=None)).count(),
                agreed=agreed,
                taken_back=agreed - now.count(arm.pk),
                left=people.filter(~Q(withdrawn_at=None)).count(),
                in_table=now.count(arm.pk),
            )
        )
    return lines


def together(lines: list[ArmFlow], name: str) -> ArmFlow:
    """All arms in one line, for whom the plan blinds."""
    sums = {column: sum(getattr(line, column) for line in lines) for column in COLUMNS[1:]}
    return ArmFlow(arm=name, key="all", **sums)

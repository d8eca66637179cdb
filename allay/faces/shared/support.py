"""The sentence that says who is there, and that nobody is there all day."""

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allay.records.models import Group, Person
from allay.records.queries import support
from allay.records.queries.people import enrolment_of


def line_for(person: Person) -> str:
    """For a participant the line of their group; "" for everybody else."""
    enrolment = enrolment_of(person)
    return line(enrolment.group) if enrolment is not None else ""


def line(group: Group | None) -> str:
    """Fay looks in on Mondays and Thursdays. No one watches this app all day."""
    found = support.looking_in(group) if group is not None else None
    if found is None:
        return ""
    named = {"names": get_text_list(list(found.names), _("and")), "times": found.times}
    if found.times:
        who = ngettext("%(names)s looks in %(times)s.", "%(names)s look in %(times)s.", len(found.names))
    else:
        who = ngettext("%(names)s runs your group.", "%(names)s run your group.", len(found.names))
    return f"{who % named} {_('No one watches this app all day.')}"

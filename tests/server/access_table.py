"""Who gets what from every address. Written by hand, from what each role is promised; never derived from code.

Roles: nobody signed in · ana takes part · ben takes part in another group · nia has not agreed yet · eve has left ·
fay runs Ana's group · finn runs another · sam is a facilitator without a group · rae researches the study ·
ada administers.
"""

ROLES = ("nobody", "ana", "ben", "nia", "eve", "fay", "finn", "sam", "rae", "ada")
STAFF = ("fay", "finn", "sam", "rae", "ada")
SIGN_IN, CONSENT, ME, TODAY = "/sign-in/", "/consent/", "/me/", "/today/"
# (answer,) is what GET gives to somebody whose own thing it is; their other methods are not asked about here


def _row(default: object, **exceptions: object) -> dict[str, object]:
    return {role: exceptions.get(role, default) for role in ROLES}


EVERYBODY = _row(200)
TAKING_PART = _row(404, nobody=SIGN_IN, ana=200, ben=200, nia=CONSENT, eve=ME)
ANA_ONLY = _row(404, nobody=SIGN_IN, ana=200, ben=404, nia=CONSENT, eve=ME)
NOT_YET_FOR_BEN = ANA_ONLY | {"ben": (404,)}  # his group has not come to this page yet
OWN = _row(404, nobody=SIGN_IN, ana=200, ben=200, nia=200, eve=200)
OWN_WHILE_HERE = _row(404, nobody=SIGN_IN, ana=200, ben=200, nia=200, eve=(ME,))
ANAS_GROUP = _row(404, nobody=SIGN_IN, fay=200)
ANAS_STUDY = _row(404, nobody=SIGN_IN, rae=200)
FACILITATORS = _row(404, nobody=SIGN_IN, fay=200, finn=200, sam=200)
RESEARCHERS = _row(404, nobody=SIGN_IN, rae=200)
ADMINISTRATOR = _row(404, nobody=SIGN_IN, ada=200)

# An address that only takes posts answers GET with 405 to those who may post, and as above to everybody else.


def _post_only(row: dict[str, object]) -> dict[str, object]:
    return {role: 405 if answer == 200 else answer for role, answer in row.items()}


# name of the address: what each role gets for GET
TABLE: dict[str, dict[str, object]] = {
    # public
    "welcome": EVERYBODY
    | {"ana": TODAY, "ben": TODAY, "nia": TODAY, "eve": TODAY}
    | {"fay": "/groups/", "finn": "/groups/", "sam": "/groups/", "rae": "/studies/", "ada": "/service/"},
    "sign-in": EVERYBODY,
    "join": EVERYBODY,
    "sign-out": EVERYBODY,
    "help": EVERYBODY,
    "signs": EVERYBODY,
    "flare": EVERYBODY,
    "privacy": EVERYBODY,
    "offline": EVERYBODY,
    "service-worker": EVERYBODY,
    "manifest": EVERYBODY,
    "health": EVERYBODY,
    # participant
    "today": TAKING_PART,
    "check-in": _post_only(TAKING_PART),
    "suits": TAKING_PART,
    "looking-back": TAKING_PART,
    "looking-back-choose": _post_only(TAKING_PART),
    "looking-back-say": _post_only(TAKING_PART),
    "practice-choose": _post_only(TAKING_PART),
    "practice-mark": _post_only(TAKING_PART),
    "flare-begin": _post_only(TAKING_PART),
    "flare-ease": _post_only(TAKING_PART),
    "flare-still": _post_only(TAKING_PART),
    "weekly-note": TAKING_PART,
    "two-weeks": TAKING_PART,
    "two-weeks-begin": _post_only(TAKING_PART),
    "two-week-try": NOT_YET_FOR_BEN,  # hers
    "two-week-stop": _post_only(ANA_ONLY) | {"ben": 405},  # with a post: 404
    "sync": _post_only(OWN),  # each entry has its own answer, also after leaving ("gone")
    "sessions": TAKING_PART,
    "session": TAKING_PART,
    "practices": TAKING_PART,
    "practice": TAKING_PART,
    "practice-play": TAKING_PART,
    "practice-log": _post_only(TAKING_PART),
    "questionnaire": TAKING_PART,
    "answer": _post_only(TAKING_PART),
    "consent": OWN_WHILE_HERE,
    "me": OWN,
    "me-look": OWN,
    "me-settings": _post_only(OWN),
    "me-reminders": TAKING_PART,
    "me-reminders-calendar": _post_only(TAKING_PART),
    "me-reminders-email": _post_only(TAKING_PART),
    "calendar-feed": EVERYBODY,  # whoever holds the secret address: no sign-in
    "reminder-stop": EVERYBODY,  # whoever holds the token of a note; a look ends nothing
    "me-way-back": OWN_WHILE_HERE,
    "sheets": TAKING_PART,
    "sheet": NOT_YET_FOR_BEN,
    "sheet-share": _post_only(NOT_YET_FOR_BEN) | {"ben": 405},  # with a post: 404
    "sheet-choose": NOT_YET_FOR_BEN | {"ana": ("/plan/my-plan/",)},
    "sheet-history": NOT_YET_FOR_BEN,
    "sheet-version": NOT_YET_FOR_BEN,
    "sheet-paper": NOT_YET_FOR_BEN,
    "sheet-pdf": NOT_YET_FOR_BEN,
    "letters": OWN,  # reading and deleting stay possible after leaving
    "letter-new": TAKING_PART,
    "letter-sealed": _row(404, nobody=SIGN_IN, ana=200),
    "letter-delete": _post_only(OWN),
    "me-keep": OWN,
    "me-keep-file": OWN,
    "me-export": OWN,
    "me-withdraw": OWN,
    # facilitator
    "groups": FACILITATORS,
    "group": ANAS_GROUP,
    "attendance": _post_only(ANAS_GROUP),
    "answer-times": _post_only(ANAS_GROUP),
    "contact": _post_only(ANAS_GROUP),
    "meeting": ANAS_GROUP,
    "guide": ANAS_GROUP,
    "people-add": ANAS_GROUP,
    "person": ANAS_GROUP,
    "code": _post_only(ANAS_GROUP),
    "group-online": _post_only(ANAS_GROUP),
    "understanding": _post_only(ANAS_GROUP),
    # researcher
    "studies": RESEARCHERS,
    "study": ANAS_STUDY,
    "study-table": ANAS_STUDY,
    "study-plan": ANAS_STUDY,
    "study-plan-new": ANAS_STUDY,
    "study-plan-version": ANAS_STUDY,
    "study-plan-lock": ANAS_STUDY,
    "study-plan-text": ANAS_STUDY,
    "study-plan-lock-file": ANAS_STUDY,
    "study-run-ask": _post_only(ANAS_STUDY),
    "study-run": ANAS_STUDY,
    "study-run-stop": _post_only(ANAS_STUDY),
    "study-reports": ANAS_STUDY,
    "study-report": ANAS_STUDY,
    "study-report-file": ANAS_STUDY,
    # administrator
    "service": ADMINISTRATOR,
    "recordings": ADMINISTRATOR,
    "recording-remove": _post_only(ADMINISTRATOR),
    "recording": TAKING_PART | dict.fromkeys(STAFF, 200),  # of a practice that is open to them
    "service-reviewing": _post_only(ADMINISTRATOR),
    "unblinding": ADMINISTRATOR,
}

# While the plan blinds researchers: what Rae gets, where it is not what stands above. To everybody else the
# researcher's addresses are what they always are. 403 says in kind words that it is the plan, and until when.
WHILE_BLINDED: dict[str, object] = {
    "study-run": 403,  # of a plan by arm, asked for by somebody who is not blinded
    "study-report": 403,
    "study-report-file": 403,
}
# The same by POST: asking for a run by arm, stopping one.
POSTS_WHILE_BLINDED: dict[str, object] = {"study-run-ask": 403, "study-run-stop": 403}
DEMO_ONLY = {"style", "demo", "demo-as", "demo-date"}

"""The verbs that write. Keyword-only, typed; the actor is `by`, the clock is `at`; one transaction, one audit event.

Nothing else in the house saves anything. Call them by module: `responses.record(...)`, `codes.issue(...)`.
"""

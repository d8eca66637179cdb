"""What a participant sees, phone first: Today, Sessions, Practices, Me, questionnaires and consent.

Every page works without JavaScript. What the phone keeps without signal comes in through `outbox`.
"""

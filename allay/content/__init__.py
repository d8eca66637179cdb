"""Room 1, content: the words and definitions of the programme, as data files and their typed shapes.

What a clinician edits lives here: instruments, sessions, practices, schedules, help texts.
Imports nothing but the standard library and pydantic.
"""

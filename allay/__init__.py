"""Allay: a 12-week compassion-focused group programme for people living with persistent pain.

Five rooms, imports only towards the right: server → faces → records → science → content.
ARCHITECTURE.md is the map.
"""

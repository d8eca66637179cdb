"""Room 4, faces: what people see. Participant, facilitator and researcher pages.

No models and no arithmetic: a view parses, calls one verb or one query, and renders.
Faces never import each other; what they share lives in `faces/shared/`.
"""

"""Reading content files: folders in, shapes or faults out. Use `allay.content.library` from outside."""

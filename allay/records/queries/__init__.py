"""The reads. Each returns rows or a small dataclass with what one page needs; none writes, none imports services."""

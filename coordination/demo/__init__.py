"""The example: an invented region to look around in. Never beside real data, never in a live portal."""

from coordination.demo.filling import CannotFill, fill, has_demo, is_empty
from coordination.demo.welcome import welcome_lines

__all__ = ["CannotFill", "fill", "has_demo", "is_empty", "welcome_lines"]

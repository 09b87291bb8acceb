"""Filters that every template may use without loading them."""

from django import template

register = template.Library()


@register.filter
def plural(number: int, forms: str) -> str:
    """Russian plural: `{{ n|plural:"школа,школы,школ" }}` gives the word alone, without the number."""
    one, few, many = forms.split(",")
    tail = abs(int(number)) % 100
    if 10 < tail < 20:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(tail % 10, many)

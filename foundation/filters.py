"""Filters whose fields clean what is typed into an address, as every form of the portal does."""

import django_filters

from foundation.fields import DayField, TextField


class SearchFilter(django_filters.Filter):
    field_class = TextField


class DayFilter(django_filters.Filter):
    field_class = DayField

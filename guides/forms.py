"""What the address of an open page may ask."""

from django import forms


class RegionForm(forms.Form):
    region = forms.RegexField(regex=r"^\d{2,3}$", required=False)

"""Requests as views behind the sign-in see them."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """`SignedInMiddleware` lets nobody else through, so `user` is a person. An annotation, never made by hand."""

    user: User

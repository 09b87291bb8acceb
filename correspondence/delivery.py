"""The one module that talks SMTP."""

import logging
import smtplib
import ssl
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Self

from django.conf import settings

from correspondence.composing import compose, envelope_sender, wire_address
from correspondence.models import Letter
from correspondence.refusals import CHANNEL_WORDS, Refusal, Stage, refusal
from correspondence.statuses import ErrorKind
from correspondence.wire import Watchdog

logger = logging.getLogger(__name__)

DEADLINE = 25.0  # seconds for a whole letter, its connection included
PARTING = 4.0  # for RSET after a refusal or QUIT at the end: with it, too, nobody is held for 30 seconds
CONNECT_TIMEOUT = 10.0
NO_ANSWER = "Почтовый сервер не отвечает."


class Courier:
    """Carries letters over one SMTP connection, opened for the first of them."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._watchdog = Watchdog(self._cut)

    def __enter__(self) -> Self:
        self._watchdog.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError), self._watchdog.within(PARTING):
                self._smtp.quit()
        self.close()
        self._watchdog.stop()

    def carry(self, letter: Letter) -> None:
        """Returns when the server has taken the letter, raises Refusal when it has not."""
        try:
            content, recipient = compose(letter), wire_address(letter.recipient)
            with self._watchdog.within(DEADLINE):
                smtp = self._ready(envelope_sender())
                _expect(Stage.RECIPIENT, smtp.rcpt(recipient))
                _expect(Stage.CONTENT, _data(smtp, content))
        except Refusal as failure:
            if failure.is_connection:
                self.close()
            else:
                self._reset()
            raise
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise _sign_in_refusal(error) from error
        except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            self.close()
            words = "Почтовый сервер не поддерживает заданный способ входа или шифрования."
            raise Refusal(ErrorKind.CHANNEL, words, str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Refusal(ErrorKind.TEMPORARY, NO_ANSWER, _said(error), is_connection=True) from error
        except Exception as error:  # a letter that cannot be built must not stop the others
            self.close()
            logger.exception("Letter %s cannot be built.", letter.pk)
            words = "Письмо не удалось собрать – сообщите службе портала."
            raise Refusal(ErrorKind.BROKEN, words, type(error).__name__) from error

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _ready(self, sender: str) -> smtplib.SMTP:
        """A connection that has accepted the sender. Servers close one after so many letters: then a new one."""
        if self._smtp is not None:
            try:
                code, reply = self._smtp.mail(sender)
            except (smtplib.SMTPException, OSError):
                code, reply = 421, b""
            if code != 421:
                _expect(Stage.SENDER, (code, reply))
                return self._smtp
            self.close()
        smtp = self._open()
        _expect(Stage.SENDER, smtp.mail(sender))
        return smtp

    def _open(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
        # Known to `_cut` before it connects, so that a server that drips its greeting is cut too; TLS needs the name.
        self._smtp = smtp = kind(local_hostname=settings.PORTAL_HOST, timeout=CONNECT_TIMEOUT)
        smtp._host = settings.EMAIL_HOST  # type: ignore[attr-defined]
        code, reply = smtp.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
        _expect(Stage.GREETING, (code, reply))
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        else:
            smtp.ehlo_or_helo_if_needed()
        if smtp.sock is not None:
            smtp.sock.settimeout(DEADLINE)
        return smtp

    def _reset(self) -> None:
        """After a refusal the next letter begins anew."""
        try:
            with self._watchdog.within(PARTING):
                if self._smtp is None or self._smtp.rset()[0] != 250:
                    self.close()
        except (smtplib.SMTPException, OSError):
            self.close()

    def _cut(self) -> None:
        smtp = self._smtp
        if smtp is not None and smtp.sock is not None:
            try:
                smtp.sock.shutdown(SHUT_RDWR)
            except OSError:
                smtp.sock.close()


def _expect(stage: Stage, answer: tuple[int, bytes]) -> None:
    code, reply = answer
    if code not in (220, 250, 251, 252):
        raise refusal(stage, code, reply)


def _data(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return smtp.data(content)
    except smtplib.SMTPDataError as error:
        code, reply = error.smtp_code, error.smtp_error
        return code, reply if isinstance(reply, bytes) else reply.encode()


def _sign_in_refusal(error: smtplib.SMTPAuthenticationError) -> Refusal:
    if error.smtp_code < 500:
        return Refusal(ErrorKind.TEMPORARY, NO_ANSWER, _said(error), is_connection=True)
    return Refusal(ErrorKind.CHANNEL, CHANNEL_WORDS, _said(error))


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return f"{error.smtp_code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}"
    return f"{type(error).__name__}: {error}"

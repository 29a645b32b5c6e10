"""Sizes, durations and times in the words and the order that a person expects."""

import time
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

tr = partial(QCoreApplication.translate, "measure")


def choose_locale() -> None:
    """Write times and numbers as people do where the system has no language: C has no groups, and shows seconds."""
    if QLocale.system().language() is QLocale.Language.C:  # the system's locale never equals `QLocale.c()`
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


def size(count: int) -> str:
    """Return a number of bytes as people read it: 512 bytes, 18 kB, 1.2 MB."""
    if count < 1000:
        return tr("1 byte") if count == 1 else tr("{count} bytes").format(count=count)
    if count < 999_500:
        return tr("{value} kB").format(value=_rounded(count / 1e3, 0))
    if count < 999_500_000:
        return tr("{value} MB").format(value=_rounded(count / 1e6, 1 if count < 9_950_000 else 0))
    return tr("{value} GB").format(value=_rounded(count / 1e9, 1 if count < 9_950_000_000 else 0))


def _rounded(value: float, digits: int) -> str:
    return QLocale().toString(float(value), "f", digits)


def duration(seconds: float) -> str:
    """Return a duration: 0.4 s, 12 s, 2 min 5 s, 1 h 3 min."""
    if seconds < 10:
        text = _rounded(max(seconds, 0.0), 1)
        return tr("{seconds} s").format(seconds=text.removesuffix(".0").removesuffix(",0"))
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        both = tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
        return both if rest else tr("{minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)


def count(number: int) -> str:
    """Return a number with the locale's group separators."""
    return QLocale().toString(number)


def money(amount: float, currency: str) -> str:
    """Return an amount with as many digits as say something: 12.50 USD, 0.034 USD, 0.0002 USD."""
    digits = 2 if amount == 0 or amount >= 1 else 3 if amount >= 0.01 else 4
    least = 10**-4
    number = QLocale().toString(max(amount, least) if amount else 0.0, "f", digits)
    words = f"{number} {currency}".rstrip()
    return tr("under {amount}").format(amount=words) if 0 < amount < least else words


def group(at: float, now: float | None = None) -> str:
    """Return the heading under which something last used then is listed."""
    days = _days_ago(at, now)
    if days <= 0:
        return tr("Today")
    if days == 1:
        return tr("Yesterday")
    return tr("Last week") if days <= 7 else tr("Older")


def short_time(at: float, now: float | None = None) -> str:
    """Return when, as short as can be: 14:02 today, Thu this week, else 12 Nov."""
    days = _days_ago(at, now)
    when = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    if days <= 0:
        return QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    if days < 7:
        return QLocale().toString(when, "ddd")
    same_year = when.date().year() == QDateTime.currentDateTime().date().year()
    return QLocale().toString(when, "d MMM" if same_year else "MMM yyyy")


def _days_ago(at: float, now: float | None) -> int:
    today = datetime.fromtimestamp(time.time() if now is None else now).astimezone().date()
    return (today - datetime.fromtimestamp(at).astimezone().date()).days

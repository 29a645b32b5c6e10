"""Errors that say precisely what is wrong."""

import pytest

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.text import ErrorAction, action_label, describe, is_command, one_line

HERE = {"host": "localhost", "port": "11434"}
THERE = {"host": "models.example.org", "port": "443"}


@pytest.mark.parametrize(
    ("code", "data", "title", "help_text"),
    [
        (ErrorCode.CONNECTION_FAILED, HERE | {"cause": "refused"}, "at localhost:11434", "Is Ollama running?"),
        (ErrorCode.CONNECTION_FAILED, THERE | {"cause": "refused"}, "at models.example.org", "the port is right"),
        (ErrorCode.CONNECTION_FAILED, THERE | {"cause": "name"}, "no computer named “models.example.org”", "spelling"),
        (ErrorCode.CONNECTION_FAILED, THERE | {"cause": "proxy"}, "proxy", "exception for this address"),
        (ErrorCode.CONNECTION_FAILED, THERE | {"cause": "unreachable"}, "no way to models.example.org", "VPN"),
        (ErrorCode.CONNECTION_FAILED, HERE | {"cause": "reset"}, "localhost:11434 ended", "may be starting"),
        (ErrorCode.TIMED_OUT, THERE | {"cause": "connect"}, "models.example.org does not answer", "firewall"),
        (ErrorCode.TIMED_OUT, THERE | {"cause": "silence"}, "too long to answer", "loading the model"),
        (ErrorCode.CERTIFICATE_INVALID, THERE | {"cause": "expired"}, "has expired", "renew it"),
        (ErrorCode.CERTIFICATE_INVALID, THERE | {"cause": "hostname"}, "not one for models.example.org", "name in it"),
        (ErrorCode.CERTIFICATE_INVALID, THERE | {"cause": "untrusted"}, "not trusted", "your company"),
        (ErrorCode.ADDRESS_INVALID, {"cause": "scheme"}, "begin with http://", "http://localhost:11434/v1"),
        (ErrorCode.ADDRESS_INVALID, {"cause": "credentials"}, "password", "its own field"),
        (ErrorCode.ADDRESS_INVALID, {"cause": "html"}, "No model service", "web page"),
        (ErrorCode.ADDRESS_INVALID, {"cause": "not_tls"}, "does not speak https", "with http://"),
        (ErrorCode.UNAUTHORIZED, {"cause": "characters"}, "does not accept the key", "characters that no key has"),
        (ErrorCode.RESPONSE_INVALID, {"cause": "empty"}, "with nothing", "Try again"),
        (ErrorCode.CONNECTION_FAILED, THERE | {"cause": "proxy", "status": "407"}, "proxy", "a name and a password"),
        (ErrorCode.ADDRESS_INVALID, THERE | {"cause": "path"}, "nothing at this address", "Paste the endpoint"),
        (ErrorCode.UNAUTHORIZED, {"status": "401", "message": "No."}, "key or the account", "It said: No."),
        (ErrorCode.FORBIDDEN, {"status": "403"}, "does not allow this", "lacks the permission"),
        (ErrorCode.MODEL_NOT_FOUND, {"status": "404", "model": "gpt"}, "“gpt” is not available", "a deployment"),
        (ErrorCode.MODEL_NOT_FOUND, {"model": "qwen"}, "“qwen” is not available", "load this one there"),
        (ErrorCode.CONTENT_FILTERED, {"categories": "hate, violence"}, "content filter", "found: hate, violence."),
        (ErrorCode.KEY_MISSING, {"name": "Work"}, "no key for “Work”", "settings"),
        (ErrorCode.KEY_MISSING, {"name": "Work", "variable": "OPENAI_API_KEY"}, "OPENAI_API_KEY holds no", "Set it"),
        (ErrorCode.SERVICE_RETIRED, {"host": "api.openai.com"}, "at api.openai.com has ended", "Responses"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "cancelled"}, "was cancelled", "Try again"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "timeout"}, "too long", "few minutes"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "cli_missing"}, "not installed", "Install it"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "cli_signed_out"}, "Nobody is signed in", "az login"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "tenant"}, "does not know this account", "tenant"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "browser"}, "No browser", "a code"),
        (ErrorCode.SIGN_IN_FAILED, {"cause": "refused"}, "did not accept the sign-in", "another way"),
        (ErrorCode.SIGN_IN_UNAVAILABLE, {}, "is not installed", "assistant-desk[entra]"),
        (
            ErrorCode.FILE_MISSING,
            {"name": "/x/ca.pem", "cause": "certificates"},
            "certificate file",
            "network settings",
        ),
        (
            ErrorCode.FILE_UNREADABLE,
            {"name": "/x/ca.pem", "cause": "certificates"},
            "cannot be read",
            "network settings",
        ),
        (ErrorCode.STORAGE_FAILED, {"reason": "newer"}, "newer version", "Install that version"),
        (ErrorCode.STORAGE_FAILED, {"reason": "corrupt", "path": "/x/a.db"}, "damaged", "a backup of /x/a.db"),
    ],
)
def test_the_cause_is_named(code: ErrorCode, data: dict[str, str], title: str, help_text: str) -> None:
    text = describe(ErrorInfo(code, data))
    assert title in text.title
    assert help_text in text.help


def test_a_host_with_colons_is_written_as_in_an_address() -> None:
    data = {"host": "::1", "port": "1234", "cause": "refused"}
    text = describe(ErrorInfo(ErrorCode.CONNECTION_FAILED, data))
    assert text.title == "Nothing answers at [::1]:1234"
    assert "LM Studio" in text.help


@pytest.mark.parametrize(
    "code", [ErrorCode.CONNECTION_FAILED, ErrorCode.CERTIFICATE_INVALID, ErrorCode.ADDRESS_INVALID]
)
def test_a_cause_that_nobody_knows_is_worded_in_general(code: ErrorCode) -> None:
    assert describe(ErrorInfo(code, HERE | {"cause": "moon"})) == describe(ErrorInfo(code))


def test_a_newer_archive_cannot_be_tried_again() -> None:
    assert describe(ErrorInfo(ErrorCode.STORAGE_FAILED, {"reason": "newer"})).action is ErrorAction.NONE


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xf6 in position 2", "The file is not UTF-8"),
        ("KeyError", "'Profit'", "There is no column or key “Profit”"),
        ("KeyError", "\"['a', 'b'] not in index\"", "Columns are missing: “a”, “b”"),
        ("KeyError", "\"None of [Index(['a'], dtype='str')] are in the [columns]\"", "Columns are missing: “a”"),
        ("ModuleNotFoundError", "No module named 'torch'", "A module is missing: torch"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: '/mnt/data/x.csv'", "There is no file “x.csv”"),
        ("NameError", "name 'df' is not defined", "Nothing is named “df”"),
        ("MemoryError", "", "The code ran out of memory"),
        ("pandas.errors.EmptyDataError", "No columns to parse from file", "There is no table in the file"),
        ("ValueError", "could not convert string to float: 'x'", "ValueError: could not convert string to float: 'x'"),
        ("KeyError", "", "KeyError"),
        ("", "", "The code raised an error"),
    ],
)
def test_exceptions_are_said_as_people_would(name: str, message: str, words: str) -> None:
    assert one_line(ErrorInfo(ErrorCode.CODE_FAILED, {"name": name, "message": message})) == words


def test_code_that_took_too_long_says_when_it_was_stopped() -> None:
    assert one_line(ErrorInfo(ErrorCode.CODE_TIMED_OUT, {"seconds": "90"})) == "Stopped after 1 min 30 s"


def test_what_cannot_be_typed_is_not_called_a_command() -> None:
    sentence = {"install": "Allow unprivileged user namespaces"}
    assert describe(ErrorInfo(ErrorCode.SANDBOX_UNAVAILABLE, sentence)).help.endswith("user namespaces.")
    assert "run: sudo apt" in describe(ErrorInfo(ErrorCode.SANDBOX_UNAVAILABLE, {"install": "sudo apt x"})).help
    assert is_command("sudo apt install bubblewrap")
    assert not is_command(sentence["install"])


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.UNAUTHORIZED,
        ErrorCode.FORBIDDEN,
        ErrorCode.KEY_MISSING,
        ErrorCode.SIGN_IN_FAILED,
        ErrorCode.SIGN_IN_UNAVAILABLE,
        ErrorCode.MODEL_NOT_FOUND,
        ErrorCode.SERVICE_RETIRED,
    ],
)
def test_what_the_settings_can_mend_offers_them(code: ErrorCode) -> None:
    assert action_label(describe(ErrorInfo(code)).action) == "Connection settings…"


def test_where_the_connection_is_gone_another_one_is_offered() -> None:
    assert action_label(describe(ErrorInfo(ErrorCode.CONNECTION_GONE)).action) == "Choose a connection…"

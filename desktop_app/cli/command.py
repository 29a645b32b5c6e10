"""The command line's options, and what its commands do with them.

Each command imports what it needs by itself: the engine needs no Qt, and the window no server.
"""

import argparse
import ipaddress
import logging
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop_app import __version__
from desktop_app.cli import FAILURE, show_window
from desktop_app.system import log
from desktop_app.system.path import HOME_VARIABLE, Place, locate

_DESCRIPTION = "Drop a file, ask a question, watch the code run, keep the result."
_EPILOG = """\
other commands:
  %(prog)s engine       serve the Assistants API on this computer, without a window
  %(prog)s self-test    check this installation: window, engine and sandbox

Each of them has a --help of its own. A file that has the name of a command is given as ./NAME.
"""
_ENGINE_DESCRIPTION = """\
Serve the Assistants API (version 2) on this computer. Once it answers, one line of JSON is printed:

  {"base_url": "http://127.0.0.1:49152/v1"}

If no key is given, one is made up, and is in that line as "api_key".
Stop it with Ctrl+C or SIGTERM; unfinished runs go on at the next start.
"""


class CommandError(Exception):
    """What was asked for cannot be done. The message is one sentence for a person."""


def run(words: Sequence[str]) -> int:
    """Runs the command that `words` say and returns the exit code."""
    command, parser = _COMMANDS.get(words[0] if words else "", (_window, _window_parser))
    options = parser().parse_args(words[1:] if command is not _window else words)
    if options.home is not None:
        os.environ[HOME_VARIABLE] = str(options.home)
    try:
        return command(options)
    except CommandError as error:
        sys.stderr.write(f"assistant-desk: {error}\n")
        return FAILURE


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant-desk",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="attach these files to a new message")
    _add_home(parser)
    parser.add_argument("--version", action="version", version=f"Assistant Desk {__version__}")
    return parser


def _engine_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant-desk engine",
        description=_ENGINE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="the port to listen on (default: a free one)")
    key = parser.add_mutually_exclusive_group()
    key.add_argument(
        "--api-key", metavar="KEY", help="what clients must send; other users of this computer can see it here"
    )
    key.add_argument("--api-key-file", metavar="PATH", help="read the key from a file, or from standard input (-)")
    model = parser.add_argument_group(
        "language model", "Any OpenAI-compatible chat-completions endpoint. Without one there is the built-in analyst."
    )
    model.add_argument("--model-base-url", metavar="URL", help="such as http://localhost:11434/v1")
    model.add_argument("--model-api-key-file", metavar="PATH", help="read its key from a file, or from standard input")
    model.add_argument("--model", default="", metavar="NAME", help="a model to list even if the endpoint lists none")
    _add_home(parser)
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)
    return parser


def _self_test_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant-desk self-test",
        description="Build the window, run one piece of code through engine and sandbox, and report.",
    )
    _add_home(parser)
    return parser


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, metavar="FOLDER", help=f"keep everything in this folder (also: {HOME_VARIABLE})"
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected a number from 0 to 65535")
    return int(text)


def _window(options: argparse.Namespace) -> int:
    return show_window(options.files)


def _self_test(_: argparse.Namespace) -> int:
    from desktop_app.app.self_test import run  # noqa: PLC0415 - Qt is for the window alone

    return run()


def _engine(options: argparse.Namespace) -> int:
    place = _make_place()
    if options.control:
        api_key = model_key = ""
    else:
        api_key, model_key = _read_keys(options)
    from desktop_app.engine import process, server  # noqa: PLC0415 - not before it is clear that it can start

    _log_to_stderr()
    log.redact(api_key)
    log.redact(model_key)
    engine_options = process.Options(
        place.engine,
        place.workspaces,
        host=options.host,
        port=options.port,
        api_key=api_key,
        shows_key=options.api_key is None and options.api_key_file is None,
        endpoint=options.model_base_url and process.Endpoint(options.model_base_url, model_key, options.model),
        on_secret=log.redact,
    )
    try:
        return process.run_controlled(engine_options) if options.control else process.run(engine_options)
    except server.StartError as error:
        raise CommandError(str(error)) from error


def _read_keys(options: argparse.Namespace) -> tuple[str, str]:
    """The key that clients must send (made up if none is given), and that of the model endpoint (or nothing)."""
    if options.api_key_file == "-" and options.model_api_key_file == "-":
        raise CommandError("only one key can be read from standard input.")
    if options.model_base_url is None and (options.model or options.model_api_key_file is not None):
        raise CommandError("--model and --model-api-key-file need a --model-base-url.")
    api_key: str | None = options.api_key if options.api_key_file is None else _read_key(options.api_key_file)
    if api_key is None and not _is_loopback(options.host):
        raise CommandError(f"{options.host} can be reached by others: give a key with --api-key-file.")
    if api_key is not None and not (api_key.isascii() and api_key.isprintable() and api_key.strip()):
        raise CommandError("the key must consist of printable ASCII characters.")
    model_key = "" if options.model_api_key_file is None else _read_key(options.model_api_key_file)
    return (secrets.token_urlsafe(32) if api_key is None else api_key), model_key


def _make_place() -> Place:
    place = locate()
    try:
        return place.make()
    except OSError as error:
        raise CommandError(f"cannot write to {error.filename or place.data}: {error.strerror or error}.") from error


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(log.Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _read_key(path: str) -> str:
    try:
        text = sys.stdin.readline() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise CommandError(f"cannot read a key from {path}: {reason}.") from None
    key = text.strip()
    if not key:
        raise CommandError(f"there is no key in {'standard input' if path == '-' else path}.")
    return key


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_COMMANDS = {"engine": (_engine, _engine_parser), "self-test": (_self_test, _self_test_parser)}

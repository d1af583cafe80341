"""The bot with a fault that quotes what somebody wrote, in every way a program can: its log must not repeat it."""

import asyncio
import logging
from typing import Any, NoReturn

from bot import dispatch
from bot.__main__ import main

BREAKS = "bricht"
_understand = vars(dispatch)["understand"]


async def break_or_understand(*arguments: Any) -> Any:
    """Understand a message, unless it says that this breaks."""
    text = arguments[-1]
    return _break(text) if BREAKS in text else await _understand(*arguments)


def _break(text: str) -> NoReturn:
    logging.getLogger("library").warning("heard %s", text)
    asyncio.get_running_loop().call_soon(_raise, text)
    try:
        _raise(text)
    except ValueError as error:
        logging.getLogger("library").exception("failed with %s", text)
        raise RuntimeError(f"cannot go on with {text}") from error


def _raise(text: str) -> NoReturn:
    raise ValueError(text)


if __name__ == "__main__":
    vars(dispatch).update(understand=break_or_understand)
    main()

"""The one event loop: asyncio on Qt's."""

import sys

import qasync


class QtLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync has no types
    """Qt's loop as asyncio knows loops, asynchronous generators included."""

    def run_forever(self) -> None:
        """Runs until `stop`.

        WORKAROUND qasync 0.28: it leaves out the hooks that asyncio's own `run_forever` sets. A generator that is
        dropped half-way would be closed by the garbage collector outside of any task, which HTTP clients take as an
        error.
        """
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        try:
            super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)

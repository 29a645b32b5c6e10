"""What runs inside the sandbox: IPython on a pipe. Nothing outside the sandbox imports it.

It needs only the standard library until the first step, and nothing of this package but itself: the folder is
mounted alone, under the name `assistant_desk_runner`.
"""

"""Entra ID: signs a person in to Azure, in the browser, with a code, or as whoever `az login` signed in.

Tokens live in memory and end with the program. A cache on disk would be one more place with secrets, on Linux often
unencrypted; and signing in again costs a click where the browser knows the person, or nothing with `az login`.
"""

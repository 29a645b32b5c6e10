"""The tests: unit, contract, gui, app, architecture; and the harness they share."""

"""The transcript: a virtual scroller whose rows are the blocks of questions, code steps and answers."""

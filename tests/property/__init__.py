"""Whatever happens to a stream, the transcript in the end is the same."""

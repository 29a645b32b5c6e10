"""Questions about tables: CSV, Excel, JSON."""

"""Files that are no tables: images, PDF, text, ZIP, Word, PowerPoint, and JSON of other shapes."""

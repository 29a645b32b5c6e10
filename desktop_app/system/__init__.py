"""The computer the application runs on: where its files live, its resources, its log."""

"""The parts of `installers/dev.py`: the system's packages and the virtual environment. Standard library only."""

"""Equations and functions, solved and drawn with sympy."""

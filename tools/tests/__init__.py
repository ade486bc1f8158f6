"""Test selection and coverage."""

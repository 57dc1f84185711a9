"""Patients, doctors, hours and coming appointments out of a CSV file: tried first, carried out, taken back."""

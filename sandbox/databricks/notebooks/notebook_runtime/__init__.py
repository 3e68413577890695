"""Runs Databricks notebooks without Databricks, in Python 3.10 or newer: the Python side of the notebook runners."""

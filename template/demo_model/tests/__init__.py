"""Tests of the model code. Run them in the model folder: python3 -m unittest"""

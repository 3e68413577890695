"""Tests of the model's code. Run them in the folder of the model: python3 -m unittest"""

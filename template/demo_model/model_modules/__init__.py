"""The code of the model: plain Python that runs in notebooks, in tests and on a development machine."""

"""The model's own code: plain Python that runs in a notebook, in a test and on a laptop alike."""

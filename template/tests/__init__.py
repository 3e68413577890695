"""Tests of the model's code. Run them from the root of the repository: python3 -m unittest"""

import sys
from pathlib import Path

# In a notebook the folder of the notebook is on the import path; here the tests have to see to that.
sys.path.insert(0, str(Path(__file__).parent.parent / "demo_model"))

"""
The model as MLflow keeps it: a folder with the file MLmodel, which names its loader (this module) and its
signature.

It is written here rather than by MLflow's client, so that it is the same where that is not installed. With a
library that MLflow knows, mlflow.sklearn.log_model and its like write all of it.
"""

import json
import platform
import shutil
from pathlib import Path

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import FEATURES
from model_modules.scoring import score_rows

MODULES = Path(__file__).parent
INPUTS = [{"type": "double", "name": name, "required": True} for name in FEATURES]
OUTPUTS = [
    {"type": "string", "name": "species", "required": True},
    {"type": "double", "name": "confidence", "required": True},
]


def write_model(saved: dict, folder: Path):
    """Writes the model, its code and what it needs. `saved` is what `read_model` gives."""
    code = folder / "code" / MODULES.name
    code.mkdir(parents=True)
    for name in ("__init__", "classifier", "dataset", "mlflow_model", "scoring"):
        shutil.copy(MODULES / f"{name}.py", code)
    (folder / "model.json").write_text(json.dumps(saved, indent=2), encoding="utf-8")
    requirements = (MODULES / "requirements.txt").read_text(encoding="utf-8")
    (folder / "requirements.txt").write_text(f"{requirements}mlflow\npandas\n", encoding="utf-8")
    python, install = platform.python_version(), "-r requirements.txt"
    _write_yaml(folder / "python_env.yaml", python=python, build_dependencies=["pip"], dependencies=[install])
    _write_yaml(
        folder / "conda.yaml", name="model", dependencies=[f"python={python}", "pip", {"pip": [install]}]
    )
    loader = {
        "loader_module": f"{MODULES.name}.mlflow_model",
        "data": "model.json",
        "code": "code",
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        "python_version": python,
    }
    signature = {"inputs": json.dumps(INPUTS), "outputs": json.dumps(OUTPUTS), "params": None}
    _write_yaml(folder / "MLmodel", flavors={"python_function": loader}, signature=signature)


def _write_yaml(file: Path, **content: object):
    # JSON is YAML; a line for each part is what people read.
    lines = []
    for name, value in content.items():
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"  {key}: {json.dumps(each)}" for key, each in value.items())]
        else:
            lines.append(f"{name}: {json.dumps(value)}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_model(folder: Path) -> tuple[SoftmaxClassifier, dict]:
    """The model, and what was saved with it."""
    return _load(folder / "model.json")


def _load(file: Path) -> tuple[SoftmaxClassifier, dict]:
    saved = json.loads(file.read_text(encoding="utf-8"))
    if tuple(saved["features"]) != FEATURES:
        raise ValueError(f"The model was trained on {saved['features']}, not on {FEATURES}")
    return SoftmaxClassifier.from_dict(saved["classifier"]), saved


class _ServedModel:
    """What MLflow asks for predictions, in a serving endpoint for example."""

    def __init__(self, model: SoftmaxClassifier):
        self._model = model

    def predict(self, model_input, params=None):
        import pandas

        rows = model_input[list(FEATURES)].values.tolist()
        return pandas.DataFrame(score_rows(self._model, rows), columns=[each["name"] for each in OUTPUTS])


def _load_pyfunc(path: str) -> _ServedModel:
    """MLflow calls this to load the model."""
    return _ServedModel(_load(Path(path))[0])

"""What the sandbox can't do, said in a sentence instead of half done."""

import sys


class SandboxLimitation(Exception):
    """The notebook asked for something that only a Databricks workspace has."""


class NoSpark(SandboxLimitation, ModuleNotFoundError):
    """The notebook asked for Spark and this Python has none."""


class Absent:
    """Stands in for something the sandbox lacks; any use of it fails with the sentence."""

    def __init__(self, sentence: str):
        self._sentence = sentence

    def __getattr__(self, name: str):
        raise SandboxLimitation(self._sentence)


class SparkEntry:
    """`spark` or `sc`: made when first used, because most notebooks that run here never do."""

    def __init__(self, make):
        self._make = make

    def __getattr__(self, name: str):
        return getattr(self._make(), name)


class SparkFinder:
    """The last of the import finders: Python asks it for `pyspark` only when no installed one was found."""

    def __init__(self, where):
        self._where = where

    def find_spec(self, name: str, path=None, target=None):
        if name.partition(".")[0] == "pyspark":
            raise NoSpark(f"The sandbox has no Spark. The notebook asked for it in {self._where()}.", name=name)


def spark_entries(where) -> dict[str, SparkEntry]:
    """The Spark variables of a Databricks notebook. `where` says which line of which notebook is running."""
    sys.meta_path.append(SparkFinder(where))

    def session():
        from pyspark.sql import SparkSession

        return SparkSession.builder.getOrCreate()

    return {"spark": SparkEntry(session), "sc": SparkEntry(lambda: session().sparkContext)}

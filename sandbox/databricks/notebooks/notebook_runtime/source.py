"""Splits a notebook into its cells."""

import json
import re
from dataclasses import dataclass

HEADER = "# Databricks notebook source"
SEPARATOR = re.compile(r"# COMMAND -{10,}\s*")


@dataclass(frozen=True)
class Cell:
    """One code cell; its text has blank lines before it, so that line numbers are those of the notebook's file."""

    number: int
    text: str

    @property
    def magic(self) -> tuple[str, str]:
        """The word behind the % that the cell starts with, and what follows it; empty strings without one."""
        match = re.match(r"\s*%([\w-]+)[ \t]*(.*)", self.text, re.DOTALL)
        return (match[1], match[2]) if match else ("", "")

    @property
    def first_line(self) -> int:
        return len(self.text) - len(self.text.lstrip("\n")) + 1


def cells_of(content: str) -> list[Cell]:
    """The cells of a notebook in source format or, told by the opening brace, in ipynb format."""
    cells = _jupyter_cells(content) if content.lstrip().startswith("{") else _source_cells(content)
    return [cell for cell in cells if cell.text.strip()]


def _jupyter_cells(content: str) -> list[Cell]:
    cells = json.loads(content)["cells"]
    # An ipynb file has no line numbers that a person knows: lines count from the top of the cell.
    return [
        Cell(number, "".join(cell["source"]))
        for number, cell in enumerate(cells, start=1)
        if cell["cell_type"] == "code"
    ]


def _source_cells(content: str) -> list[Cell]:
    lines = content.replace("\r\n", "\n").split("\n")
    if lines[0].strip() == HEADER:
        lines[0] = ""
    starts = [0, *(index + 1 for index, line in enumerate(lines) if SEPARATOR.fullmatch(line))]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    return [
        Cell(number, "\n" * start + "\n".join(_code_of(line) for line in lines[start:end]))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


def _code_of(line: str) -> str:
    return "" if line.startswith("# DBTITLE ") else re.sub("^# MAGIC ?", "", line)

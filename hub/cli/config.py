"""`hub config`: every setting with its default and its reason."""

from __future__ import annotations

import argparse
import json
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("config", help="list every setting, its default and its reason")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub.config import SETTINGS

    if arguments.format == "json":
        print(json.dumps([vars(setting) for setting in SETTINGS], ensure_ascii=False))
        return 0
    for setting in SETTINGS:
        print(f"{setting.name}\n    default: {setting.default or '(empty)'}\n    {setting.reason}")
    return 0

"""(being written)"""
import argparse
SUMMARY = "docs"
def add_arguments(parser: argparse.ArgumentParser) -> None: ...
def run(options: argparse.Namespace) -> int:
    raise SystemExit("not yet")

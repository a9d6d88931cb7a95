"""(being written)"""
import argparse
SUMMARY = "export"
def add_arguments(parser: argparse.ArgumentParser) -> None: ...
def run(options: argparse.Namespace) -> int:
    raise SystemExit("not yet")

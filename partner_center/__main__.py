"""`python -m partner_center` is the same program as `partner-center`."""

from partner_center.project.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

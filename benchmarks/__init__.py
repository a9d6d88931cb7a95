"""What the product costs, beside what the same work costs by hand. `make bench` rewrites docs/benchmarks.md.

Each comparison is one run on one machine: our server and a bare WSGI application on the same server program, with the
same processes and threads, take turns over copies of the same rows. A figure is the median of five rounds after a
warm-up; what counts is the ratio.
"""

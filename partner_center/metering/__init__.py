"""Usage: what customers' resources consumed, and the resource packages that it is taken from first.

Owns: batches of usage and their files, what was refused and why, the months that are closed for usage, resource
packages and their consumption. A record accepted is never lost and never counted twice.
Uses: subscriptions, catalogue, customers, identity, reference and the frame.
"""

"""The frame every room stands on: who acts, how things are done once, what is remembered, what waits.

Owns the audit trail, job slots, the outbox, stored answers and the installation's clock. Knows no business noun.
"""

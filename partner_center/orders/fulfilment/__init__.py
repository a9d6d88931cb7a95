"""The interface to the cloud platform that creates, changes, renews and releases what is ordered.

`platform.py` is the interface; `simulator.py` the default, which does everything at once; `webhook.py` tells a
real platform by a signed HTTP call. Which one works is the setting FULFILMENT (docs/algorithms/fulfilment.md).
"""

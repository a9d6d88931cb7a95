"""Where usage lies: the installation's store (foundation/store.py), under the name this room has always used."""

from partner_center.foundation.store import CHUNK, ROWS_A_GROUP, Store, Written, digest_of

__all__ = ["CHUNK", "ROWS_A_GROUP", "Store", "Written", "digest_of"]

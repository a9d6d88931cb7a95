"""The vault: files of the store that are sealed with AES-GCM under the installation's key, such as identity papers.

    key = seal(content)          # under a name nobody can guess
    content = unseal(key)

A file is bound to its name: put under another it does not open. What a key stands for is said by a row; a file
without a row was never finished.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from partner_center.foundation.fields import sealing_keys
from partner_center.foundation.store import Store
from partner_center.kernel.ids import new_id

FOLDER = "vault"
_VERSION = b"\x01"
_NONCE = 12
_TAG = 16


def seal(content: bytes) -> str:
    """Keep `content` in the store, sealed; its key. Raises StoreUnavailable."""
    key = new_id()
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(sealing_keys()[0]).encrypt(nonce, content, _place(key))
    Store.configured().put_bytes(_path(key), _VERSION + nonce + sealed)
    return key


def unseal(key: str) -> bytes:
    """What `seal` kept under `key`, by the present or an earlier key of the installation. Raises StoreUnavailable."""
    raw = Store.configured().read_bytes(_path(key))
    assert raw[:1] == _VERSION, "unknown sealing"
    nonce, sealed = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
    for secret in sealing_keys():
        try:
            return AESGCM(secret).decrypt(nonce, sealed, _place(key))
        except InvalidTag:
            continue
    raise AssertionError(f"no key opens {key}, or it was changed")


def size_of(key: str) -> int | None:
    """How many bytes were sealed under `key`; None when it is not there. Raises StoreUnavailable."""
    found = Store.configured().size(_path(key))
    return None if found is None else found - len(_VERSION) - _NONCE - _TAG


def discard(key: str) -> None:
    """Remove a sealed file; one that is not there is removed already."""
    Store.configured().delete(_path(key))


def _path(key: str) -> str:
    return f"{FOLDER}/{key[:2]}/{key}"


def _place(key: str) -> bytes:
    return f"{FOLDER}:{key}".encode()

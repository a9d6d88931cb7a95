"""The console's frame: how a page, a column, a filter, a form, a button is built. It knows no business noun.

Rooms declare pages in `<room>/console/pages.py`; read `console/pages.py` first. The frame may use
`foundation` and `kernel`; it asks functions named in settings for what only a room can know (who is
signed in, whether a verification code is due).
"""

"""What a customer pays: discounts with scope and validity, and the price inquiry: a question, never a change.

This room owns discounts; it uses customers, partners, catalogue, reference, identity and the frame. What is
asked here is frozen elsewhere: an order keeps the offer it was placed with.
"""

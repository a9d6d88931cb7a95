"""What can be bought and what it costs on the list: services, resource types, specs, regions, the price book.

This room owns the catalogue and the price book; it uses reference and the frame. Discounts and inquiries stand
above it, in pricing.
"""

"""Facts that every room may use: measures and their conversions, Chinese places, the working-day calendar.

This room owns its dictionaries and uses nothing but the frame and the ground.
"""

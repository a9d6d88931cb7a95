"""Identity: accounts (domains), their users, access keys, roles, tokens and verification codes.

It says who somebody is and what they may do; what an account is in business (a partner, a customer) is told by
higher rooms. It may use the frame and the ground, and `reference`.
"""

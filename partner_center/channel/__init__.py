"""The channel: processes between vendor, partners and customers that touch everything below in one transaction.

Owns: reports of customers, invitations, links and QR codes, what a customer meets when it accepts; requests to end or
switch an association and what follows from them; migration; cooperation of resellers with distributors; alerts.
Rows that other rooms ask for (a partner, a customer, an association) live in those rooms; here is how they come about.
Uses: every room up to billing.
"""
